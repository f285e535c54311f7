import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { codeBlocks } from "../support/code-blocks";
import { SAMPLE_ENTITY, SAMPLE_ZONE } from "../support/sample-ids";
import { openNewcomer, type Newcomer } from "./support/newcomer";
import { startStubRegistry, type StubRegistry } from "./support/stub-registry";
import { closeAll } from "../support/close-all";

const ROOT = resolve(__dirname, "../..");
const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const INSTALLED = ["@pulumi/pulumi", "@types/node", "typescript", ...Object.keys(dependencies)];

describe("the README", () => {
  const blocks = codeBlocks(join(ROOT, "README.md"));
  const textsOf = (heading: string, language: string) =>
    blocks
      .filter((block) => block.heading === heading && block.language === language)
      .map(({ text }) => text);
  let tarballs: string;
  let registry: StubRegistry;
  let keycard: Keycard;
  let newcomer: Newcomer;

  before(async () => {
    tarballs = await mkdtemp(join(tmpdir(), "pulumi-keycard-readme-"));
    registry = await startStubRegistry(INSTALLED, tarballs);
    keycard = await startKeycard({ clientId: "my-service-account" });
    newcomer = await openNewcomer(
      keycard,
      {
        npm_config_registry: registry.url,
        npm_config_audit: "false",
        npm_config_fund: "false",
        npm_config_update_notifier: "false",
      },
      false,
    );
    await newcomer.write("package.json", "{}");
  });
  after(() => closeAll(newcomer, keycard, registry, () => rm(tarballs, { recursive: true })));

  it("the install commands of the README install this package, word by word", async () => {
    const [pack = "", install = ""] = textsOf("Install", "sh");
    // The first block made the clone in which this test runs.
    const [clones, ...rest] = pack.trim().split("\n");
    assert.match(clones ?? "", /^git clone \S+\/pulumi-keycard\.git$/);
    assert.deepEqual(rest, ["cd pulumi-keycard", "npm ci", "npm pack"]);
    const clone = join(newcomer.folder, "../pulumi-keycard");
    await mkdir(clone);
    // Without `prepack`, which would rebuild `dist` while other tests use it.
    await newcomer.run(`cd '${ROOT}' && npm pack --ignore-scripts --pack-destination '${clone}'`);
    await newcomer.run(install);
    await registry.fill(newcomer.folder);
    const printed = await newcomer.run(
      "npx pulumi-keycard --version && node -p 'Object.keys(require(`pulumi-keycard`))'",
    );
    assert.match(printed, /^\d+\.\d+\.\d+\n[^]*'Secret'/);
  });

  it("the quick start of the README creates a secret word by word, and prints what it shows", async () => {
    const [program = "", commands = "", output = ""] = ["ts", "sh", "text"].map(
      (language) => textsOf("Quick start", language)[0],
    );
    await newcomer.write("index.ts", program);
    const typed = { "keycard-secrets:clientSecret": keycard.clientSecret, githubToken: "planted-token" };
    const printed = await newcomer.run(commands, typed);
    assert.ok(withoutTimes(printed).includes(withoutTimes(output)), printed);
    assert.deepEqual(
      keycard.secrets().map(({ zone_id, entity_id, name, data }) => [zone_id, entity_id, name, data]),
      [[SAMPLE_ZONE, SAMPLE_ENTITY, "github", { type: "token", token: "planted-token" }]],
    );
    assert.ok(!printed.includes("planted-"));
  });
});

/** Removes durations, progress lines and trailing white space. */
function withoutTimes(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/creating \(|^@ /.test(line))
    .map((line) => line.replace(/\([\d.]+m?s\)/, "(…)").trimEnd())
    .join("\n")
    .trim();
}
