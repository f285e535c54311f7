import { argumentSecrets, secretsWithin } from "../safety/secrets-in-text";

import { HiddenValues, LONGEST_SEARCHED, REDACTED, safeText } from "../safety/redact";

const LONGEST_CAUSE = 300;

/** A line that says why a command failed. */
const STATES_CAUSE =
  /\b(errors?|exception|fail(ed|ure|s)?|fatal|panic|denied|forbidden|unauthori[sz]ed|refused|expired|invalid|incorrect|can ?not|could ?n[o']t|can't|unable|unknown|unexpected|missing|required?|locked|timed? ?out|not (found|exist|in|set|have|logged|authenticated|signed|valid|allowed|permitted|supported|available|a)|no such|no \S+ (\S+ )?(found|keys?|credentials|token|given|available)|does(n't| not))\b|\w(Error|Exception)\b/i;

/** A line without a cause, whatever words it has: usage, advice, warnings, a line of a stack. */
const STATES_NONE =
  /^\W*$|^\s+at \S|^[EWIF]\d{4} |^\s*(usage\b|see\b|run\b|try\b|for more|file "|traceback|\[?(warn|deprecat|notice|info|debug))|--help\b|\breport\b.*https?:/i;

/** The begin of a dump of what the command has read: a map of Go, an object of JSON or YAML, or what announces one. */
const DUMP =
  /\bmap\[|\binterface \{|[{[]\s*["'{[]|\{\s*[\w.-]+\s*[:=]|\b(printing more information|object given to|(was|got|given|input|near|data|content|body|response|output|value)\s*:)/i;

/** A value of jq, which it shows behind its type. */
const TYPED = /\b(string|number|object|array|boolean) \(.*?(?:\)|$)/g;

/** A text in quotes, which may be a part of what the command has read. An apostrophe within a word is none. */
const QUOTED = /(?<![\w])(["'`‘“])(?:(?!["'`’”](?![\w])).)*(?:["'`’”]|$)/g;

const REPEATED = /\[redacted\](\s*\[redacted\])+/g;

/** A run of characters that may be encoded or random. */
const RUN = /[\w+/-]{4,}={0,2}(?![\w+/=-])/g;

/** Words that commands take as arguments. They say nothing about a value, and occur in any message. */
const VERBS = new Set(
  (
    "access account auth cat config current data decode decrypt default describe download environment exec export " +
    "extract field file format get get-parameter get-secret-value item json keyring keyvault latest list login lookup " +
    "none open output parameter pass password passwords plain print print-env printenv query quiet raw read reveal " +
    "secret secrets secretsmanager show string text token user username vault value values version versions view yaml"
  ).split(" "),
);

/**
 * Says why a command failed, in its own words: the first line that states a cause, or else the last lines. What it has
 * read, but not returned, cannot be found by comparison. So everything that may be a part of it is left out: dumps, texts in
 * quotes, and encoded texts.
 *
 * @param args - the arguments of the command. None is shown, except words such as `read`
 * @param values - further texts that are not shown
 * @returns in one line, without a full stop at its end; empty if the command has said nothing that can be shown
 */
export function causeIn(stderr: string, args: readonly string[], values: HiddenValues): string {
  // A cut may be within a value.
  const isCut = stderr.length > LONGEST_SEARCHED;
  const text = isCut ? stderr.slice(-LONGEST_SEARCHED).replace(/^[^\r\n]*/, "") : stderr;
  const lines = withoutDumps(text.split(/[\r\n]+/));
  if (isCut && lines.length === 0) return REDACTED;
  const cause =
    lines.find((line) => !/^\s/.test(line) && STATES_CAUSE.test(line)) ??
    lines.find((line) => STATES_CAUSE.test(line));
  const given = args.filter((each) => !VERBS.has(each));
  const isWord = (each: string) => /^[a-z]+$/i.test(each);
  const own = [...argumentSecrets(given.filter((each) => !isWord(each))), ...secretsWithin(text)];
  const hidden = new HiddenValues(own, values);
  const words = given.filter(isWord);
  const whole = safeText(text, hidden);
  const show = (line: string) => {
    const safe = safeText(line, hidden);
    // A value may begin in an earlier line.
    return whole.includes(safe) ? withoutContent(safe, words) : REDACTED;
  };
  if (cause !== undefined) return show(cause).slice(0, LONGEST_CAUSE);
  let last = "";
  for (const line of lines.reverse()) {
    const next = `${show(line)} ${last}`.trim();
    if (next.length > LONGEST_CAUSE) return last === "" ? next.slice(0, LONGEST_CAUSE) : last;
    last = next;
  }
  return last.replace(REPEATED, REDACTED);
}

/** The lines that may state a cause, each up to where a dump begins. A dump goes on in the indented lines below. */
function withoutDumps(lines: string[]): string[] {
  const kept: string[] = [];
  let isWithin = false;
  for (const line of lines) {
    if (isWithin && /^\s/.test(line)) continue;
    const at = line.search(DUMP);
    isWithin = at >= 0;
    kept.push(at < 0 ? line : line.slice(0, at));
  }
  const stating = kept.filter((line) => !STATES_NONE.test(line));
  return stating.length > 0 ? stating : kept.filter((line) => /\w/.test(line));
}

/** Without what may be a part of what the command has read. */
function withoutContent(line: string, words: readonly string[]): string {
  let result = line.replace(TYPED, `$1 ${REDACTED}`).replace(QUOTED, REDACTED);
  for (const word of words) result = result.replace(new RegExp(`\\b${word}\\b`, "g"), REDACTED);
  return result
    .replace(RUN, (run) => (isEncoded(run) ? REDACTED : run))
    .replace(REPEATED, REDACTED)
    .replace(/[\s.:;,]+$/, "");
}

/** A word, or a name as in `ResourceNotFoundException`. */
const NAME =
  /^([A-Z]+|[a-z]*([A-Z][a-z]{2,}|No|Is|In|On|Of|To|By|Id|[A-Z]{1,5}(?=[A-Z][a-z])|[A-Z]{2,5}$)*)$/;

/** True for a text that is probably Base64, hexadecimal or random. */
function isEncoded(run: string): boolean {
  return run.endsWith("=") || run.split(/[/_-]/).some(isRandom);
}

function isRandom(part: string): boolean {
  if (!/\d/.test(part)) return part.length >= 6 && !NAME.test(part);
  return part.length >= (/[A-Z]/.test(part) && /[a-z]/.test(part) ? 6 : 8) && /[a-z]/i.test(part);
}
