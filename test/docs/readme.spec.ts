import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { codeBlocks } from "../support/code-blocks";
import { readDocument } from "../support/documents";

const ROOT = resolve(__dirname, "../..");
const MOST_WORDS = 700;

describe("the README", () => {
  it(`has at most ${MOST_WORDS} words`, () => {
    const words = readDocument("README.md")
      .text.split(/\s+/)
      .filter((word) => /\w/.test(word));
    assert.ok(words.length <= MOST_WORDS, `${words.length} words`);
  });

  it("gives the two commands that CI runs", () => {
    const ci = readFileSync(resolve(ROOT, ".ci/run"), "utf8");
    const commands = codeBlocks(resolve(ROOT, "README.md")).filter(({ text }) =>
      text.startsWith("npm ci &&"),
    );
    assert.equal(commands.length, 2);
    for (const { text } of commands) assert.ok(ci.includes(text.trim()), `${text} is not run by CI`);
  });

  it("installs the version that the repository has", () => {
    const { version } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    for (const path of ["README.md", "docs/upgrading.md"]) {
      const [, named] = /pulumi-keycard-(\d+\.\d+\.\d+)\.tgz/.exec(readDocument(path).text) ?? [];
      assert.equal(named, version, path);
    }
  });
});
