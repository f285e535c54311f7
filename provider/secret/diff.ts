import type { dynamic } from "@pulumi/pulumi";
import { sameJson } from "../json";
import { declaredForm, missingPlaces, warningOfAge } from "./state";
import type { PlannedResource } from "./ownership";
import { isUnknown } from "../pulumi-values";
import { type RunMemory, isUnconfirmedId } from "./run-memory";
import { changedArguments } from "./fields";
import type { SecretInputs, SecretState } from "./types";
import { valueOf } from "../values/kinds";

/**
 * Finds the effect of changed arguments. The engine finds and lists the changed arguments only if the result has no `changes`.
 *
 * @throws an Error if the engine would delete a secret that is still needed, or one whose state is incomplete
 */
export async function diffSecret(
  run: RunMemory,
  id: string,
  olds: SecretState,
  news: SecretInputs,
): Promise<dynamic.DiffResult> {
  if (isUnconfirmedId(id)) {
    run.unconfirmed.note(id, olds, news);
    return { changes: true, replaces: ["entityId"] };
  }
  run.claimed.add(id);
  const planned = run.ownership.diff(id, olds.zoneId, news);
  const gaps = missingPlaces(olds);
  const declared = typeof planned === "object" ? planned.olds : news;
  const before = completed(declaredForm(olds), declared, gaps);
  const replaces = changedArguments(before, news, "replace");
  if (replaces.length === 0) assertOwn(run, planned);
  else assertReplaceable(id, news, planned === undefined, gaps);
  // An update completes the state.
  if (gaps.length > 0) return { changes: true };
  const patches = changedArguments(before, news, "patch");
  // A refresh also calls `diff`, and the age of a value is no drift.
  const change = valueOf(news.data).changeFrom(valueOf(before.data), planned !== undefined);
  const isDue = change === "rotation";
  if (isDue) patches.push("data");
  if (replaces.length === 0 && (change === "none" || change === "state"))
    await warnOfAge(run, id, olds, news, planned);
  const others = changedArguments(before, news, "state");
  const changes = [...replaces, ...patches, ...others];
  if (changes.length === 0) return { changes: false };
  const overlooked = typeof planned === "object" ? unchangedAmong(changes, planned.olds, news) : [];
  const isUnlisted = (replaces.length === 0 && isDue) || overlooked.length === changes.length;
  return isUnlisted ? { changes: true, replaces } : { replaces };
}

/**
 * The changes that the engine itself would not find, because only the outputs show them: the inputs in the state are the
 * declared ones. So it is if an update was done in part, and the program is again as it was before.
 */
function unchangedAmong<Name extends keyof SecretInputs>(
  names: Name[],
  olds: Partial<SecretInputs>,
  news: SecretInputs,
): Name[] {
  return names.filter((name) => sameJson(olds[name], news[name]));
}

/** The arguments in the state, with those that it lacks as they are declared. */
function completed<T extends object>(olds: T, declared: Partial<T>, gaps: (keyof T)[]): T {
  if (gaps.length === 0) return olds;
  return { ...olds, ...Object.fromEntries(gaps.map((name) => [name, declared[name]])) };
}

/** Warns of an old value, unless this run changes it. */
async function warnOfAge(
  run: RunMemory,
  id: string,
  olds: SecretState,
  { maxAgeDays }: SecretInputs,
  planned: PlannedResource | "unclear" | undefined,
): Promise<void> {
  const urn = typeof planned === "object" ? planned.urn : "";
  const name = urn === "" ? `the secret ${id}` : (urn.split("::").at(-1) ?? "");
  const warning = warningOfAge(olds, maxAgeDays, name);
  if (warning !== undefined) await run.warnOnce(id, warning, urn);
}

function assertOwn({ ownership }: RunMemory, planned: PlannedResource | "unclear" | undefined): void {
  const conflict = typeof planned === "object" ? ownership.keeps(planned) : undefined;
  if (conflict !== undefined) throw new Error(conflict);
}

/** @param unplanned - true if the engine calls `diff` before the program has declared the secret */
function assertReplaceable(id: string, news: SecretInputs, unplanned: boolean, gaps: string[]): void {
  if (gaps.length > 0) {
    throw new Error(
      `The state of the secret ${id} has no \`${gaps.join("` and no `")}\`, so the secret cannot be replaced. ` +
        "Declare its present zone and entity and run `pulumi up`, which completes the state. Then replace it.",
    );
  }
  // This is how the engine calls `diff` for dependents of a resource that is deleted before it is replaced.
  const isDeletedFirst = unplanned && (isUnknown(news.zoneId) || isUnknown(news.entityId));
  if (!isDeletedFirst || news.adoptId !== id) return;
  throw new Error(
    `The secret ${id} would be deleted together with a resource that it depends on, and \`adoptId\` could not adopt it ` +
      "again. Remove `adoptId` and run `pulumi up` before you replace that resource.",
  );
}
