import { isLosslessNumber, parse } from "lossless-json";

type Step = string | number;

/** What stands at a path of a document. */
interface Picked {
  value: string;
  /** The kind of a value that is no string in the document, as in "a number". */
  kind?: "a number" | "a boolean";
}

/** Why a document has no value at a path. It shows no part of the document. */
interface NotPicked {
  problem: string;
  remedy: string;
}

/**
 * Picks the value at a path of a JSON document. A number or boolean is its exact text in the document.
 *
 * @param path - in Pulumi's syntax, as in `data.password`, `items[0].value` or `["a.b"]`
 */
export function pick(document: string, path: string): Picked | NotPicked {
  const at = `\`${path}\``;
  let found: unknown;
  try {
    found = parse(document.replace(/^\ufeff/, ""));
  } catch {
    return {
      problem: `is no JSON document with unique keys, so it has no field ${at}`,
      remedy: "make it JSON, with an option such as `--output json`, or remove `field`.",
    };
  }
  for (const step of stepsOf(path) ?? []) {
    const isOwn = typeof found === "object" && found !== null && Object.hasOwn(found, step);
    if (!isOwn || Array.isArray(found) !== (typeof step === "number")) {
      return {
        problem: `has nothing at the field ${at}`,
        remedy: "correct `field`, or add it to the document.",
      };
    }
    found = (found as Record<Step, unknown>)[step];
  }
  if (typeof found === "string") return { value: found };
  if (isLosslessNumber(found)) return { value: found.value, kind: "a number" };
  if (typeof found === "boolean") return { value: String(found), kind: "a boolean" };
  const what = found === null ? "null" : Array.isArray(found) ? "a list" : "an object";
  return {
    problem: `has ${what} at the field ${at}, not a string`,
    remedy: "name a field that is a string.",
  };
}

/** The problem of a path, to follow its name; undefined if it is valid. */
export function problemOfField(path: unknown): string | undefined {
  const isPath = typeof path === "string" && stepsOf(path) !== undefined;
  return isPath
    ? undefined
    : 'must be a path in a JSON document, such as password, items[0].value or ["a.b"]';
}

/** One step of a path: a name, a quoted name or an index. As in Pulumi, a name may have any characters but `.` and `[`. */
const STEP = /^(?:(?:\.?([^.[\]]+))|\.?\[(?:"((?:\\"|[^"])*)"|(0|[1-9]\d{0,14}))\])(?=$|[.[])/;

function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  for (let rest = path; rest !== "";) {
    const [whole, name, quoted, index] = STEP.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    steps.push(name ?? (index === undefined ? (quoted ?? "").replaceAll('\\"', '"') : Number(index)));
    rest = rest.slice(whole.length);
  }
  return steps.length > 0 ? steps : undefined;
}
