import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { startKeycard, type Keycard } from "../emulator";
import { languageTools } from "../engine/build-languages";
import { codeBlocks } from "../support/code-blocks";
import { startStubRegistry } from "./support/stub-registry";
import { openNewcomer, type Newcomer } from "./support/newcomer";

const ROOT = resolve(__dirname, "../..");
const EXAMPLES = readdirSync(join(ROOT, "examples")).filter((name) =>
  existsSync(join(ROOT, "examples", name, "Pulumi.yaml")),
);

describe("a project from a template", function () {
  // The language hosts may have to be built.
  this.timeout(900_000);
  let keycard: Keycard;
  let newcomer: Newcomer;

  before(async () => {
    keycard = await startKeycard();
    newcomer = await openNewcomer(keycard, { PULUMI_SKIP_CONFIRMATIONS: "" });
    await symlink(ROOT, join(newcomer.folder, "pulumi-keycard"));
  });
  after(async () => {
    await newcomer.close();
    await keycard.close();
  });

  const read = (...path: string[]) => readFile(join(newcomer.folder, ...path), "utf8");

  it("the commands of examples/README.md write the example under another name, and make a stack of it", async () => {
    const { text = "" } =
      codeBlocks(join(ROOT, "examples/README.md")).find(({ heading }) =>
        heading.startsWith("Start a project"),
      ) ?? {};
    assert.match(text, /^npm install \.\.\/pulumi-keycard\/pulumi-keycard-[\d.]+\.tgz$/m);
    // Another test runs the installation.
    await newcomer.run(text.replace(/^npm install .*$/m, ""));
    const { name, template } = parse(await read("my-secrets/Pulumi.yaml")) as Record<string, unknown>;
    assert.deepEqual([name, template], ["my-secrets", undefined]);
    const program = await readFile(join(ROOT, "examples/token-secret/index.ts"), "utf8");
    assert.equal(await read("my-secrets/index.ts"), program);
    assert.match(await newcomer.run("cd my-secrets && pulumi stack ls"), /^dev\*/m);
  });

  it("`pulumi install` installs what each example in TypeScript needs", async () => {
    const manifests = EXAMPLES.filter((name) => existsSync(join(ROOT, "examples", name, "package.json")));
    const tarballs = join(newcomer.folder, "tarballs");
    await mkdir(tarballs);
    const versions: Record<string, string> = {};
    for (const example of manifests) {
      const manifest = await readFile(join(ROOT, "examples", example, "package.json"), "utf8");
      const { dependencies, devDependencies } = JSON.parse(manifest) as Record<
        string,
        Record<string, string>
      >;
      for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        versions[name] = range.replace(/^[~^]/, "");
      }
    }
    const registry = await startStubRegistry(Object.keys(versions), tarballs, versions);
    try {
      for (const example of manifests) {
        await newcomer.run(
          `cp -r pulumi-keycard/examples/${example} of-${example} && cd of-${example} && npm_config_registry=${registry.url} pulumi install`,
        );
        const installed = await readdir(join(newcomer.folder, `of-${example}`, "node_modules"));
        assert.ok(installed.includes("@pulumi"), installed.join());
      }
      assert.ok(manifests.length > 5);
    } finally {
      registry.close();
    }
  });

  it("every example is a template that pulumi new accepts", async () => {
    const tools = await languageTools((line) => void process.stderr.write(`engine: ${line}\n`));
    for (const example of EXAMPLES) {
      const made = newcomer.run(
        `export PATH=${tools}:$PATH && mkdir a-${example} && cd a-${example} && ` +
          `pulumi new ../pulumi-keycard/examples/${example} --generate-only --yes --name a-${example}`,
      );
      if (["yaml", "python"].includes(example)) {
        // Seen in CLI 3.274: it looks for the plugin, which the user installs after that, and has written the project by then.
        await made.then(
          () => undefined,
          ({ message }: Error) => assert.match(message, /no folder at path/),
        );
      } else await made;
      const { name } = parse(await read(`a-${example}`, "Pulumi.yaml")) as { name: string };
      assert.equal(name, `a-${example}`);
    }
  });
});
