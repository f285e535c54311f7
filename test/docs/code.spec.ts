import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { codeBlocks } from "../support/code-blocks";
import { compileErrors } from "../support/compile";
import { documents } from "../support/documents";

const ROOT = resolve(__dirname, "../..");

/** The examples in the comments of a source. */
function examplesIn(path: string): string[] {
  const comments = readFileSync(path, "utf8").matchAll(/^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm);
  return [...comments].map(([, text = ""]) => text.replace(/^ *\* ?/gm, ""));
}

describe("an example in a comment of the sources", function () {
  this.timeout(120_000);

  const sources = readdirSync(join(ROOT, "provider"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, examples: examplesIn(join(ROOT, "provider", file)) }))
    .filter(({ examples }) => examples.length > 0);

  for (const { file, examples } of sources) {
    it(`each example in a comment of ${file} compiles`, () => {
      for (const example of examples) assert.deepEqual(compileErrors(example), [], example);
    });
  }
});

describe("a code block", function () {
  this.timeout(120_000);

  for (const { path } of documents().filter(({ path }) => !path.startsWith("docs/api/"))) {
    const blocks = codeBlocks(resolve(ROOT, path));
    if (blocks.length === 0) continue;

    it(`each code block in ${path} compiles, or is valid in its language`, () => {
      for (const { language, text } of blocks) {
        if (language === "ts") assert.deepEqual(compileErrors(text), [], text);
        else if (language === "yaml") assert.equal(typeof parse(text), "object", text);
        else if (language === "json") assert.doesNotThrow(() => JSON.parse(text) as unknown, text);
        else if (language === "sh") execFileSync("bash", ["-n", "-c", text], { stdio: "pipe" });
        else if (language === "python") {
          execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", text], { stdio: "pipe" });
        }
        // Output, and code that needs third-party tools.
        else assert.equal(language, "text", `${path} has a block in "${language}"`);
      }
    });
  }
});
