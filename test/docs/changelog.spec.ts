import assert from "node:assert/strict";
import { readDocument } from "../support/documents";

const VERSION = /^(\d+\.\d+\.\d+) - (unreleased|\d{4}-\d{2}-\d{2})$/;
/** The kinds of changes of Keep a Changelog, in its order. */
const KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/** The lines of a list below a heading, each in one line. */
function entriesIn(text: string): string[] {
  const [, ...entries] = text.split(/^- /m);
  return entries.map(
    (entry) =>
      entry
        .split(/\n(?!\s)/)[0]
        ?.replace(/\s+/g, " ")
        .trim() ?? "",
  );
}

describe("the changelog", () => {
  const { text } = readDocument("CHANGELOG.md");
  const [, ...versions] = text.split(/^## /m).map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    const [before = "", ...kinds] = lines.join("\n").split(/^### /m);
    return { heading, before, kinds: kinds.map((kind) => [kind.split("\n")[0] ?? "", kind] as const) };
  });
  const entries = versions.flatMap(({ kinds }) =>
    kinds.filter(([kind]) => KINDS.includes(kind)).flatMap(([, body]) => entriesIn(body)),
  );

  it("dates each version, the newest first, and only the newest may be unreleased", () => {
    const dates = versions.map(({ heading }) => VERSION.exec(heading)?.[2] ?? `no date in "${heading}"`);
    assert.ok(versions.length >= 3);
    assert.deepEqual(dates, [...dates].sort().reverse());
    assert.ok(!dates.slice(1).includes("unreleased"));
  });

  it("groups the changes of a version by their kinds, in the usual order", () => {
    for (const { heading, kinds } of versions) {
      const names = kinds.map(([kind]) => kind).filter((kind) => !kind.startsWith("Upgrading from "));
      assert.deepEqual(
        names,
        KINDS.filter((kind) => names.includes(kind)),
        heading,
      );
      const isReleased = !heading.endsWith("unreleased");
      for (const [kind, body] of isReleased ? kinds : []) {
        assert.ok(kind.startsWith("Upgrading from ") || entriesIn(body).length > 0, `${heading}: ${kind}`);
      }
    }
  });

  it("has whole sentences, and none of them twice", () => {
    assert.ok(entries.length > 50);
    for (const entry of entries) {
      assert.match(entry, /^(\*\*Breaking:\*\* )?[A-Za-z`"[].*[.:`]$/, entry);
      assert.doesNotMatch(entry, /\b(issue|pull request) #?\d/i);
    }
    assert.deepEqual(entries, [...new Set(entries)]);
  });

  it("gives the old text and the new for each breaking change", () => {
    const breaking = entries.filter((entry) => /breaking/i.test(entry.slice(0, 14)));
    assert.ok(breaking.length > 0);
    for (const entry of breaking) assert.match(entry, /^\*\*Breaking:\*\* .+ Before: .+ Now: .+/, entry);
  });
});
