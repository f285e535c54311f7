import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { documents } from "../support/documents";

const ROOT = resolve(__dirname, "../..");
const FACT =
  "Keycard increments it with each new value. Whether other changes increment it is not documented";

/** A text as one line, without the marks of comments and emphasis. */
const plain = (text: string) => text.replace(/^\s*\*/gm, "").replace(/\s+/g, " ");

describe("what is said of `version`", () => {
  const sources = readdirSync(join(ROOT, "provider"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ path: `provider/${file}`, text: readFileSync(join(ROOT, "provider", file), "utf8") }));

  it("is one sentence in the reference and in each place where an editor shows it", () => {
    const places = [
      "provider/program/secret-args.ts",
      "provider/program/lookups.ts",
      "docs/reference/secret.md",
    ];
    for (const path of places) assert.ok(plain(readFileSync(join(ROOT, path), "utf8")).includes(FACT), path);
  });

  it("is nowhere that every change increments it", () => {
    const wrong =
      /increments? (?:it |`version` )?(?:on|with) (?:every|each|any) (?:change|update)|increments when a secret changes/i;
    const found = [...sources, ...documents()].filter(({ text }) => wrong.test(plain(text)));
    assert.deepEqual(
      found.map(({ path }) => path),
      [],
    );
  });
});
