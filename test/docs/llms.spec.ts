import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brokenLinks, documents } from "../support/documents";

const ROOT = resolve(__dirname, "../..");

describe("llms.txt", () => {
  const text = readFileSync(join(ROOT, "llms.txt"), "utf8");
  const lines = text.split("\n").filter((line) => line.startsWith("- "));
  const links = lines.map(
    (line) => /^- \[[^\]]+\]\(([^)]+)\): \S.*[^.]$/.exec(line)?.[1] ?? `no link in "${line}"`,
  );

  it("names every page once, in one line each, and only pages that exist", () => {
    const pages = documents()
      .map(({ path }) => path)
      .filter((path) => !/^(examples\/.+\/README|docs\/api\/(index|native))\.md$/.test(path));
    assert.deepEqual([...links].sort(), [...pages].sort());
    assert.deepEqual(brokenLinks({ path: "llms.txt", text, headings: [], links }), []);
  });

  it("begins with the name and a summary", () => {
    assert.match(text, /^# pulumi-keycard\n\n> \S/);
  });
});
