import { didYouMean } from "../config/did-you-mean";
import { isTimeoutSeconds, isVariables, LONGEST_TIMEOUT_SECONDS } from "./source-options";
import { isRecord, kindOf, mistake } from "../mistake";

/** The rule for an option. */
type Rule = [isValid: (value: unknown) => boolean, wanted: string];

const TRIM: Rule = [(value) => typeof value === "boolean", "true or false"];

const OPTIONS: Record<string, Record<string, Rule>> = {
  fromFile: { trim: TRIM },
  fromCommand: {
    trim: TRIM,
    timeoutSeconds: [isTimeoutSeconds, `a number above 0, at most ${LONGEST_TIMEOUT_SECONDS}`],
    passEnv: [isVariables, "a list of names of environment variables"],
  },
};

/** @throws an Error that names the mistake, if this is not the name of a variable */
export function assertVariable(name: unknown, called: CallableFunction): void {
  const problem = problemOfText(name, "the name of an environment variable", 'fromEnv("NAME")');
  const hint = name === undefined ? ' Pass the name, as in fromEnv("NAME"), not process.env.NAME.' : "";
  if (problem !== undefined) throw mistake(`fromEnv: ${problem}${hint}`, called);
  const text = name as string;
  // The text may be a value that was passed by mistake, so no message shows it.
  if (text.includes("=")) {
    throw mistake(
      'fromEnv: the name of an environment variable cannot contain "=". Write only the name, as in fromEnv("NAME"), ' +
        "and set the variable where `pulumi up` runs.",
      called,
    );
  }
  if (text.startsWith("$")) {
    throw mistake(
      'fromEnv: write the name of the environment variable without "$", as in fromEnv("NAME").',
      called,
    );
  }
  if (text.trim() !== text) {
    throw mistake(
      "fromEnv: the name of the environment variable begins or ends with white space. Remove it.",
      called,
    );
  }
}

/** @throws an Error that names the mistake, if this is not the path of a file */
export function assertPath(path: unknown, called: CallableFunction): void {
  const problem = problemOfText(path, "the path of a file", 'fromFile("path")');
  if (problem !== undefined) throw mistake(`fromFile: ${problem}`, called);
}

/** @throws an Error that names the mistake, if this is not a program with its arguments */
export function assertCommand(command: unknown, called: CallableFunction): void {
  const example = 'fromCommand(["op", "read", "op://vault/item/field"])';
  if (!Array.isArray(command) || command.length === 0) {
    const why = typeof command === "string" ? " No shell splits a text into arguments." : "";
    const given = Array.isArray(command) ? "an empty list" : kindOf(command);
    throw mistake(
      `fromCommand: the command must be a list of the program and its arguments, not ${given}. Write it as ${example}.${why}`,
      called,
    );
  }
  for (const [index, part] of (command as unknown[]).entries()) {
    const what = index === 0 ? "the program" : `argument ${index}`;
    const isEmpty = index === 0 && typeof part === "string" && part.trim() === "";
    if (typeof part === "string" && !isEmpty && !part.includes("\0")) continue;
    const fault =
      typeof part === "string" && !isEmpty ? "contains a null byte" : `must be a string, not ${kindOf(part)}`;
    throw mistake(`fromCommand: ${what} ${isEmpty ? "is empty" : fault}.`, called);
  }
}

/** @throws an Error that names the mistake, if these are not options of `fromFile` or `fromCommand` */
export function assertOptions(
  name: "fromFile" | "fromCommand",
  options: unknown,
  called: CallableFunction,
): void {
  const rules = OPTIONS[name] ?? {};
  const known = Object.keys(rules);
  if (!isRecord(options))
    throw mistake(`${name}: the options must be an object, not ${kindOf(options)}.`, called);
  for (const [option, value] of Object.entries(options)) {
    const rule = rules[option];
    if (!rule) {
      throw mistake(
        `${name}: \`${option}\` is not an option. ${didYouMean(option, known)}The options are ${known.join(", ")}.`,
        called,
      );
    }
    const [isValid, wanted] = rule;
    if (value !== undefined && !isValid(value)) {
      throw mistake(`${name}: the option \`${option}\` must be ${wanted}, not ${kindOf(value)}.`, called);
    }
  }
}

function problemOfText(text: unknown, what: string, example: string): string | undefined {
  if (text === undefined || text === null) return `${what} is ${String(text)}.`;
  if (typeof text !== "string")
    return `${what} must be a string, not ${kindOf(text)}. Write it as ${example}.`;
  if (text.trim() === "") return `${what} is empty. Write it as ${example}.`;
  return text.includes("\0") ? `${what} contains a null byte.` : undefined;
}
