import { holdsUnknown, UNKNOWN_VALUE } from "../pulumi-values";
import { ARGUMENTS } from "./secret-changes";

interface Expected<T> {
  of: T;
  /** Set if another resource with the same arguments awaits its `diff` too. */
  unclear: boolean;
}

/** Remembers resources until the engine calls `diff` for them. That call does not name the resource. */
export class DiffsToCome<T> {
  private readonly expected = new Map<string, Expected<T>[]>();

  /** Expects a `diff` with these new arguments. */
  add(checked: object, of: T): void {
    const key = keyOf({ ...checked });
    const alike = this.expected.get(key) ?? [];
    alike.push({ of, unclear: false });
    if (alike.length > 1) for (const each of alike) each.unclear = true;
    this.expected.set(key, alike);
  }

  /** The resource that `diff` is called for; undefined if it is none of these, "unclear" if several match. */
  take(news: object): T | "unclear" | undefined {
    // A refresh calls `diff` for every secret without `check`, and a key is the costliest part of that call.
    if (this.expected.size === 0) return undefined;
    const key = keyOf({ ...news });
    const [first, ...others] = this.expected.get(key) ?? [];
    if (others.length > 0) this.expected.set(key, others);
    else this.expected.delete(key);
    return first && (first.unclear ? "unclear" : first.of);
  }
}

/** The engine does not keep the order of keys. */
function keyOf(args: Partial<Record<string, unknown>>): string {
  return JSON.stringify(
    // A secret that contains an unknown value comes back as one unknown value.
    ARGUMENTS.map((name) => (holdsUnknown(args[name]) ? UNKNOWN_VALUE : args[name])),
    (_key, value: unknown) =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(Object.entries(value).sort(([one], [two]) => (one < two ? -1 : 1))),
  );
}
