// Writes what `pulumi refresh --preview-only --json` found as a Markdown table, and fails if anything differs.
import console from "node:console";
import { readFileSync } from "node:fs";
import process from "node:process";

const [file, status] = process.argv.slice(2);
const { steps = [], diagnostics = [] } = parsed(readFileSync(file, "utf8"));

const rows = steps
  .filter(({ op }) => !["same", "refresh"].includes(op))
  .map(({ op, urn, oldState, newState, detailedDiff }) => {
    const { metadata = {} } = (newState ?? oldState)?.inputs ?? {};
    const owner = metadata.owner ?? metadata.team;
    const what =
      op === "delete"
        ? "deleted"
        : Object.keys(detailedDiff ?? {})
            .map(fieldOf)
            .join(", ") || op;
    const mend =
      op === "delete"
        ? "`pulumi up` creates it again: whoever may approve `production`"
        : "`pulumi up` restores what is declared: whoever may approve `production`. To keep the change, declare it in a pull request";
    return [urn.split("::").at(-1), what, typeof owner === "string" ? owner : "not declared", mend];
  });

if (rows.length > 0) {
  console.log("| Secret | Changed outside Pulumi | Owner | Who can mend it |\n|---|---|---|---|");
  for (const [name, what, owner, mend] of rows) {
    console.log(`| ${[name, what, owner].map(cell).join(" | ")} | ${mend} |`);
  }
  process.exitCode = 1;
}
if (status !== "0") {
  console.log("The refresh failed, so there may be more:\n");
  for (const { severity, message } of diagnostics) {
    if (severity === "error") console.log(message.replace(/^/gm, "    "));
  }
  process.exitCode = 1;
} else if (rows.length === 0) console.log("No secret was changed outside Pulumi.");

/** A failed refresh may print no JSON at all. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {
      diagnostics: [{ severity: "error", message: text || "It printed nothing. See the log of the job." }],
    };
  }
}

/** `data.token` is the value; other paths are shown as they are. */
function fieldOf(path) {
  return /^data\b/.test(path) ? "value" : path;
}

/** Text from Keycard, which must not become Markdown. */
function cell(text) {
  return text.replace(/[^\p{L}\p{N} ._,-]/gu, (character) => `&#${character.codePointAt(0)};`);
}
