import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { codeBlocks } from "../support/code-blocks";
import { documents, readDocument } from "../support/documents";

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

  it("shows parts of examples that are run, in YAML and Python", () => {
    const blocks = codeBlocks(resolve(ROOT, "README.md")).filter(
      ({ heading }) => heading === "In YAML and Python",
    );
    assert.deepEqual(
      blocks.map(({ language }) => language),
      ["yaml", "python"],
    );
    for (const [index, file] of ["examples/yaml/Pulumi.yaml", "examples/python/__main__.py"].entries()) {
      const part = blocks[index]?.text ?? "?";
      assert.ok(readFileSync(resolve(ROOT, file), "utf8").includes(part), `${file} does not have:\n${part}`);
    }
  });

  it("tells the five settings that most stacks need, as the reference does", () => {
    const settings = (path: string) =>
      [...readDocument(path).text.matchAll(/^\| `(keycard-secrets:\w+)` \| `(\w+)`/gm)].map(
        ([, key = "", variable = ""]) => `${key} ${variable}`,
      );
    const five = settings("README.md");
    assert.equal(five.length, 5);
    const all = settings("docs/reference/configuration.md");
    assert.deepEqual(
      five.filter((setting) => !all.includes(setting)),
      [],
    );
  });

  it("clones the repository that package.json names", () => {
    const { repository } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
      repository?: { url: string };
    };
    const [, address] = /^git clone (\S+)$/m.exec(readDocument("README.md").text) ?? [];
    assert.equal(`git+${address}`, repository?.url);
  });

  it("installs the version that the repository has", () => {
    const { version } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    const named = documents().flatMap(({ path, text }) =>
      [...text.matchAll(/pulumi-keycard-(\d+\.\d+\.\d+)\.tgz/g)].map(([, found]) => `${found} in ${path}`),
    );
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((each) => !each.startsWith(`${version} in `)),
      [],
    );
  });

  it("and every other document installs the packed file, and never a name that others could publish", () => {
    const byName =
      /\b(?:npm (?:i|install|add)|yarn add|pnpm add|bun add)\s(?:[^\n`]*\s)?pulumi-keycard(?=[\s@`])|\bnpx (?:-y |--yes )?pulumi-keycard(?: adopt)? -/g;
    const found = documents().flatMap(({ path, text }) =>
      [...text.matchAll(byName)].map(([command]) => `${path}: ${command}`),
    );
    assert.deepEqual(found, []);
    for (const folder of readdirSync(resolve(ROOT, "examples"))) {
      const file = resolve(ROOT, "examples", folder, "package.json");
      // A policy pack is no project.
      if (!existsSync(file) || !existsSync(resolve(ROOT, "examples", folder, "Pulumi.yaml"))) continue;
      const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as {
        dependencies?: Record<string, string>;
      };
      assert.equal(dependencies["pulumi-keycard"], undefined, `examples/${folder}`);
      const readme = readDocument(`examples/${folder}/README.md`).text;
      assert.match(readme, /^npm install \S*pulumi-keycard-\S+\.tgz$/m, `examples/${folder}`);
    }
  });
});
