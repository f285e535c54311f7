import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { codeBlocks } from "./support/code-blocks";
import { compileErrors } from "./support/compile";

const ROOT = resolve(__dirname, "..");

describe("the README", function () {
  this.timeout(60_000);

  const blocks = codeBlocks(join(ROOT, "README.md"));

  it("holds TypeScript that compiles as it stands", () => {
    const programs = blocks.filter(({ language }) => language === "ts").map(({ text }) => text);
    assert.ok(programs.length > 0);
    for (const program of programs) assert.deepEqual(compileErrors(program), []);
  });

  it("gives the two commands that CI runs", () => {
    const ci = readFileSync(join(ROOT, ".ci/run"), "utf8");
    const commands = blocks.filter(({ text }) => text.startsWith("npm ci &&"));
    assert.equal(commands.length, 2);
    for (const { text } of commands) assert.ok(ci.includes(text.trim()), `${text} is not run by CI`);
  });

  it("names a test for each thing that can go wrong", () => {
    const text = readFileSync(join(ROOT, "README.md"), "utf8");
    const section = /^## What can go wrong.*?\n(?=## )/ms.exec(text)?.[0] ?? "";
    const rows = section
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(1);
    assert.ok(rows.length > 10);
    for (const row of rows) {
      const [, file, title] = /`([\w-]+\.spec\.ts)`, "([^"]+)" \|$/.exec(row) ?? [];
      if (file === undefined) assert.match(row, /`npm run test:storm` \|$/);
      else assert.ok(hasTest(specText(file), title ?? "?"), `${file} has no test "${title}"`);
    }
  });

  it("holds no block of another kind", () => {
    // "sh", "yaml" and "json" are run by the lifecycle test of the README.
    const kinds = new Set(blocks.map(({ language }) => language));
    assert.deepEqual([...kinds].sort(), ["json", "sh", "ts", "yaml"]);
  });
});

function specText(name: string): string {
  const specs = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const paths = specs.filter((candidate) => basename(candidate) === name);
  assert.ok(paths.length > 0, `${name} does not exist`);
  return paths.map((path) => readFileSync(join(ROOT, "test", path), "utf8")).join("\n");
}

/** Whether a spec has a test of a title, or a pattern of titles that it fits. */
function hasTest(text: string, title: string): boolean {
  const titles = [...text.matchAll(/(?:it|describe)\(\s*(["`])(.*?)\1/gs)].map(([, , found = ""]) =>
    found.split(/\$\{.*?\}/).map((part) => part.replace(/[^\w\s]/g, "\\$&")),
  );
  return titles.some((parts) => new RegExp(`^${parts.join(".+")}$`).test(title));
}
