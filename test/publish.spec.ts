import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { codeBlocks } from "./support/code-blocks";

const ROOT = resolve(__dirname, "..");
const run = (file: string, ...args: string[]) =>
  promisify(execFile)(file, args, { cwd: ROOT, maxBuffer: 1 << 26 });
const tool = (script: string, ...args: string[]) =>
  run(process.execPath, join(ROOT, "node_modules", script), ...args);

interface Packed {
  filename: string;
  files: { path: string }[];
}

describe("the tarball", function () {
  this.timeout(60_000);
  let folder: string;
  let packed: Packed;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-publish-"));
    const { stdout } = await run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
    [packed = { filename: "", files: [] }] = JSON.parse(stdout) as Packed[];
  });
  after(() => rm(folder, { recursive: true }));

  it("the tarball contains the build with its types, the licence and the documents, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const top = paths.filter((path) => !path.includes("/")).sort();
    const documents = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"];
    assert.deepEqual(top, [...documents, "package.json"]);
    const build = paths.filter((path) => path.startsWith("dist/"));
    const plugin = paths.filter((path) => path.startsWith("plugin/"));
    assert.deepEqual(plugin.sort(), [
      "plugin/network.js",
      "plugin/pulumi-resource-",
      "plugin/pulumi-resource-keycard-secrets",
      "plugin/pulumi-resource-keycard-secrets.cmd",
      "plugin/schema.json",
      "plugin/server.js",
      "plugin/start.js",
    ]);
    const rest = paths.filter((path) => ![...build, ...plugin].includes(path) && !top.includes(path));
    assert.deepEqual(
      rest.filter((path) => !/^(docs\/.+\.(md|svg)|examples\/README\.md)$/.test(path)),
      [],
    );
    assert.deepEqual(
      build.filter((path) => !/\.(js|js\.map|d\.ts)$/.test(path)),
      [],
    );
    assert.deepEqual(build.filter((path) => path.endsWith(".js")).sort(), [
      "dist/command-line.js",
      "dist/index.js",
      "dist/native.js",
      "dist/network.js",
      "dist/secret-provider.js",
    ]);
  });

  it("the tarball declares only its public modules", () => {
    const declared = packed.files.map(({ path }) => path).filter((path) => path.endsWith(".d.ts"));
    assert.deepEqual(declared.sort(), ["dist/index.d.ts", "dist/native.d.ts", "dist/secret-provider.d.ts"]);
  });

  it("the tarball has source maps, so that a stack trace names a source file and its line", async () => {
    const lines = (await readFile(join(ROOT, "dist/network.js"), "utf8")).split("\n");
    const line = lines.findIndex((text) => text.includes("SecretOperations = class"));
    const script = `
      const file = require.resolve("./dist/network.js");
      require(file);
      const { originalSource, originalLine } = require("node:module").findSourceMap(file).findEntry(${line}, 4);
      console.log(originalSource + ":" + (originalLine + 1));
    `;
    const { stdout } = await run(process.execPath, "--enable-source-maps", "-e", script);
    const [, source = "", original = ""] = /(provider\/secret\/[a-z-]+\.ts):(\d+)/.exec(stdout) ?? [];
    const text = await readFile(join(ROOT, source), "utf8");
    assert.match(text.split("\n")[Number(original) - 1] ?? "", /class SecretOperations/);
  });

  it("the tarball names each bundled package with its version and licence", async () => {
    const holds = {
      "dist/network.js": ["axios", "follow-redirects", "proxy-from-env", "zod"],
      "dist/secret-provider.js": ["zod"],
      "plugin/network.js": ["axios", "proxy-from-env", "zod"],
      "plugin/server.js": ["@grpc/grpc-js", "@pulumi/pulumi", "zod"],
    };
    for (const [file, packages] of Object.entries(holds)) {
      const text = await readFile(join(ROOT, file), "utf8");
      for (const name of packages) {
        const paper = (of: string) => readFile(join(ROOT, "node_modules", name, of), "utf8");
        const { version } = JSON.parse(await paper("package.json")) as { version: string };
        const named = `This file holds parts of ${name} ${version}:\n\n${await paper("LICENSE")}`;
        assert.ok(text.includes(named), `${file} does not name ${name}`);
      }
    }
  });

  it("publint finds no problem in the tarball", async () => {
    const { stdout } = await tool("publint/src/cli.js", join(folder, packed.filename), "--strict");
    assert.match(stdout, /All good!/);
  });

  it("every way of resolving a module finds the types", async () => {
    const { stdout } = await tool(
      "@arethetypeswrong/cli/dist/index.js",
      join(folder, packed.filename),
      "--format",
      "json",
    );
    const { analysis } = JSON.parse(stdout) as { analysis: { types: unknown; problems: unknown[] } };
    assert.deepEqual([analysis.types, analysis.problems], [{ kind: "included" }, []]);
  });
});

describe("the documents", function () {
  this.timeout(60_000);

  it("the API reference is up to date, and no public symbol lacks a comment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-docs-"));
    try {
      await tool("typedoc/bin/typedoc", "--out", folder);
      const pages = (await readdir(folder)).sort();
      assert.deepEqual(pages, ["README.md", "index.md", "native.md"]);
      for (const page of pages) {
        const made = await readFile(join(folder, page), "utf8");
        const committed = await readFile(join(ROOT, "docs/api", page), "utf8");
        assert.ok(made === committed, `docs/api/${page} is stale: run \`npm run docs\`.`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("the licence is complete, and the commands in the guide exist", async () => {
    const licence = await readFile(join(ROOT, "LICENSE"), "utf8");
    assert.match(licence, /Apache License\s+Version 2\.0.*END OF TERMS AND CONDITIONS.*APPENDIX/s);
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const [first] = codeBlocks(join(ROOT, "CONTRIBUTING.md"));
    const names = [...(first?.text ?? "").matchAll(/npm (?:run )?(test|demo)/g)].map(([, name = ""]) => name);
    assert.deepEqual(names, ["test", "demo"]);
    for (const name of [...names, "docs", "emulator"]) assert.ok(scripts[name], `there is no script ${name}`);
  });
});
