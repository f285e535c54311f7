import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { codeBlocks } from "../support/code-blocks";
import { documents } from "../support/documents";
import { SAMPLE_ENTITY, SAMPLE_SECRET, SAMPLE_ZONE } from "../support/sample-ids";
import { openNewcomer, type Newcomer } from "./support/newcomer";
import { closeAll } from "../support/close-all";

const ROOT = resolve(__dirname, "../..");
const PROJECT = "name: agents\nruntime: nodejs\nmain: index.ts\n";

/** The secret that the documents name. */
const PLACE = { id: SAMPLE_SECRET, zone_id: SAMPLE_ZONE, entity_id: SAMPLE_ENTITY };

/** Documents whose commands are run elsewhere: by other specs or in CI. */
const ELSEWHERE: Record<string, string> = {
  "README.md": "readme.spec.ts, package.spec.ts, publish.spec.ts and .ci/run",
  "CONTRIBUTING.md": ".ci/run and contributing.spec.ts",
  "docs/guides/install-the-plugin.md": "test/archive, which .ci/run runs",
  "docs/guides/try-without-an-account.md": "try-without-an-account.spec.ts",
  "docs/upgrading.md": "package.spec.ts and publish.spec.ts",
};

/** What Pulumi generates from Keycard's Terraform provider, reduced to what the documents use. */
const BRIDGED = `
import * as pulumi from "@pulumi/pulumi";
const provider = { create: async (inputs) => ({ id: "ent_" + inputs.name, outs: inputs }) };
export class Resource extends pulumi.dynamic.Resource {
  constructor(name, args) { super(provider, name, args); }
}
export { Resource as Application, Resource as ApplicationDependency };
`;

const ONE_SECRET = `
import { Secret, fromEnv } from "pulumi-keycard";
const data = { type: "token" as const, token: fromEnv("GITHUB_TOKEN_FOR_AGENTS") };
export const version = new Secret("github", { entityId: "ent_1", data }).version;
`;

describe("whoever follows", () => {
  let keycard: Keycard;
  let newcomer: Newcomer;

  beforeEach(async () => {
    keycard = await startKeycard({ ids: "sequential" });
    newcomer = await openNewcomer(keycard, {
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      KEYCARD_ZONE_ID: SAMPLE_ZONE,
      GITHUB_TOKEN_FOR_AGENTS: "planted-token",
    });
    await newcomer.write("Pulumi.yaml", PROJECT);
    await newcomer.write("package.json", "{}");
  });
  afterEach(() => closeAll(newcomer, keycard));

  /** The programs and the commands of a page, in order. */
  function page(path: string): { programs: string[]; commands: string[] } {
    const blocks = codeBlocks(join(ROOT, path));
    const of = (wanted: string) =>
      blocks.flatMap(({ language, text }) => (language === wanted ? [text] : []));
    return { programs: of("ts"), commands: of("sh") };
  }
  const declare = (program = "export {};") => newcomer.write("index.ts", program);
  const typed = () => ({
    "keycard-secrets:clientSecret": keycard.clientSecret,
    YOUR_CLIENT_ID: keycard.clientId,
    YOUR_CLIENT_SECRET: keycard.clientSecret,
    YOUR_ZONE_ID: SAMPLE_ZONE,
    githubToken: "planted-token",
  });
  const startStack = () =>
    newcomer.run("pulumi stack init dev\npulumi config set --secret githubToken", typed());
  /** The methods of the requests so far, without token requests. */
  const takeRequests = () => {
    const lines = keycard.requests.map(({ method }) => method);
    keycard.clearLog();
    return lines;
  };
  const takeWrites = () => takeRequests().filter((method) => method !== "GET");

  it("Getting started creates a Resource and its secret in one run", async () => {
    const { programs, commands } = page("docs/getting-started.md");
    await newcomer.write("keycard.ts", BRIDGED);
    await declare(programs[0]?.replace('"@pulumi/keycard"', '"./keycard"'));
    await newcomer.run(commands.join("\n"), typed());
    assert.deepEqual(
      keycard.secrets().map(({ entity_id, name }) => [entity_id, name]),
      [["ent_GitHub API", "github-token"]],
    );
  });

  it("Keep values out of the state changes only the state", async () => {
    const { programs, commands } = page("docs/guides/keep-values-out-of-the-state.md");
    await startStack();
    await declare(programs[0]);
    await newcomer.run("pulumi up");
    assert.deepEqual(takeRequests(), ["GET", "POST"]);
    await declare(programs[1]);
    const printed = await newcomer.run(commands.join("\n"));
    assert.deepEqual(takeRequests(), []);
    const state = await newcomer.run("pulumi stack export --show-secrets");
    assert.ok(!`${printed}${state}`.includes("planted-"));
    await declare(programs[2]);
    await newcomer.run("pulumi up");
    assert.deepEqual(takeWrites(), ["POST", "POST", "DELETE"]);
    const given = keycard.secrets().find(({ name }) => name === "partner");
    assert.deepEqual(given?.data, { type: "token", token: "not set yet" });
  });

  it("Adopt existing secrets adopts one, renames it, and generates a program for the others", async () => {
    const { programs, commands } = page("docs/guides/adopt-existing-secrets.md");
    keycard.put({
      ...PLACE,
      name: "GitHub token",
      data: { type: "token", token: "planted-token" },
    });
    await startStack();
    for (const program of programs) {
      await declare(program);
      await newcomer.run("pulumi up");
      assert.deepEqual(takeWrites(), []);
    }
    await declare();
    await newcomer.run(commands.join("\n"), typed());
    assert.match(
      await readFile(join(newcomer.folder, "adopted.ts"), "utf8"),
      new RegExp(`adoptId: "${SAMPLE_SECRET}"`),
    );
    assert.match(await readFile(join(newcomer.folder, "index.ts"), "utf8"), /import "\.\/adopted";\n$/);
    takeRequests();
    const generated = await readFile(join(newcomer.folder, "generated.ts"), "utf8");
    assert.match(generated, /token: generated\(/);
    await declare(generated);
    await newcomer.run("pulumi up");
    assert.deepEqual([...new Set(takeRequests())], ["GET"]);
    assert.deepEqual(keycard.secret(SAMPLE_SECRET)?.data, { type: "token", token: "planted-token" });
  });

  it("Command line generates a program", async () => {
    keycard.put({
      ...PLACE,
      name: "GitHub token",
      data: { type: "token", token: "planted-token" },
    });
    await newcomer.run(page("docs/reference/command-line.md").commands.join("\n"));
    assert.match(
      await readFile(join(newcomer.folder, "adopted.ts"), "utf8"),
      new RegExp(`adoptId: "${SAMPLE_SECRET}"`),
    );
  });

  it("Drift and refresh corrects a value, and leaves an ignored description alone", async () => {
    const { programs, commands } = page("docs/guides/drift-and-refresh.md");
    await startStack();
    await declare(programs[0]);
    await newcomer.run("pulumi up");
    keycard.edit("sec_1", { description: "by hand", data: { type: "token", token: "planted-other" } });
    await newcomer.run(commands.join("\n"));
    const { description, data } = keycard.secret("sec_1") ?? {};
    assert.deepEqual([description, data], ["by hand", { type: "token", token: "planted-token" }]);
  });

  it("Rotate a credential sends one update for a given and for a generated value, and counts the version", async () => {
    const { programs, commands } = page("docs/guides/rotate-a-credential.md");
    const [generated, given] = programs;
    await startStack();
    await declare(given);
    await newcomer.run("pulumi up");
    takeRequests();
    await newcomer.run(`export GITHUB_TOKEN_FOR_AGENTS=planted-other\n${commands.join("\n")}`);
    assert.deepEqual(takeRequests(), ["PATCH"]);
    assert.equal(keycard.secret("sec_1")?.version, 2);

    await declare(generated);
    await newcomer.run("pulumi up");
    const first = keycard.secret("sec_2")?.data;
    takeRequests();
    await declare(generated?.replace('rotation: "2026-11"', 'rotation: "2026-12"'));
    const printed = await newcomer.run(commands.join("\n"));
    assert.match(printed, /data/);
    assert.deepEqual(takeRequests(), ["PATCH"]);
    const { version, data: second } = keycard.secret("sec_2") ?? {};
    assert.equal(version, 2);
    assert.ok(first?.type === "password" && second?.type === "password");
    assert.notEqual(second.password, first.password);
    const state = await newcomer.run("pulumi stack export --show-secrets");
    for (const { password } of [first, second]) assert.ok(!`${printed}${state}`.includes(password));
  });

  it("Several organisations deploys a stack for each", async () => {
    const { programs, commands } = page("docs/guides/several-organisations.md");
    await newcomer.run(commands.join("\n"), typed());
    await declare(programs[0]);
    await newcomer.run(`pulumi config set githubResourceId ${SAMPLE_ENTITY}
pulumi config set keycard-secrets:clientId ${keycard.clientId}
pulumi up`);
    assert.equal(keycard.secrets()[0]?.description, "Used by the agents of staging");
  });

  it("Native plugin uses two providers, imports, and moves a dynamic secret without a request", async () => {
    const blocks = codeBlocks(join(ROOT, "docs/guides/native-plugin.md"));
    const { programs } = page("docs/guides/native-plugin.md");
    await newcomer.write("Pulumi.yaml", blocks.find(({ language }) => language === "yaml")?.text ?? "");
    await startStack();
    await newcomer.run(
      ["production", "staging"]
        .map(
          (zone) => `pulumi config set ${zone}ClientId ${keycard.clientId}
printf %s '${keycard.clientSecret}' | pulumi config set --secret ${zone}ClientSecret`,
        )
        .join("\n"),
    );
    const [providers, imported, moved] = programs;
    await declare(providers);
    await newcomer.run("pulumi up");
    assert.deepEqual(
      keycard
        .secrets()
        .map(({ zone_id, name }) => `${zone_id}: ${name}`)
        .sort(),
      ["p1r6o2d8u4c0t9i5o3n7z1x6c2: github", "s4t8a1g6i3n9g5z2x7c0v4b8n1: github-staging"],
    );
    await declare();
    await newcomer.run("pulumi up");
    keycard.put({
      ...PLACE,
      name: "GitHub token",
      data: { type: "token", token: "planted-token" },
    });
    takeRequests();
    await declare(imported);
    await newcomer.run("pulumi up");
    assert.deepEqual([...new Set(takeRequests())], ["GET"]);
    await declare(moved?.replace("pulumi-keycard/native", "pulumi-keycard").replace(/ {2}{ aliases.*\n/, ""));
    await newcomer.run("pulumi up");
    takeRequests();
    await declare(moved);
    await newcomer.run("pulumi up");
    assert.deepEqual(takeRequests(), []);
  });

  it("Stop managing a secret keeps it in Keycard in both ways", async () => {
    const { programs, commands } = page("docs/guides/stop-managing-a-secret.md");
    await startStack();
    for (const retained of [true, false]) {
      await declare(retained ? programs[0] : programs[0]?.replace("{ retainOnDelete: true }", "{}"));
      await newcomer.run("pulumi up");
      if (!retained) await newcomer.run(commands.join("\n"));
      await declare();
      await newcomer.run("pulumi up");
    }
    assert.deepEqual(takeWrites(), ["POST", "POST"]);
    assert.equal(keycard.secrets().length, 2);
  });

  it("Pipelines reads a version, applies a plan, and finds no drift", async () => {
    const { commands } = page("docs/guides/pipelines.md");
    await startStack();
    await declare(ONE_SECRET);
    const printed = await newcomer.run(`unset PULUMI_SKIP_CONFIRMATIONS\n${commands.join("\n")}`);
    assert.match(printed, /^succeeded\n1$/m);
    assert.deepEqual(takeRequests(), ["GET", "POST", "GET"]);
  });

  it("Installation and configuration sets what a preview needs", async () => {
    const { commands } = page("docs/installation-configuration.md");
    const [cache = ""] = page("docs/benchmarks.md").commands;
    await newcomer.run(`pulumi stack init dev\n${commands.join("\n")}`, typed());
    await declare(ONE_SECRET);
    const settings = await newcomer.run(`unset KEYCARD_ZONE_ID\n${cache}\npulumi preview\npulumi config`);
    assert.match(settings, /my-service-account/);
    assert.match(settings, /clientSecret +\[secret\]/);
    assert.deepEqual(takeRequests(), []);
  });

  it("every page with commands is followed here, or another test runs its commands", async () => {
    const ourselves = await readFile(__filename, "utf8");
    const pages = documents()
      .map(({ path }) => path)
      .filter((path) => !/^(docs\/api|examples)\//.test(path))
      .filter((path) => codeBlocks(join(ROOT, path)).some(({ language }) => language === "sh"));
    assert.deepEqual(
      pages.filter((path) => !ourselves.includes(`page("${path}")`) && ELSEWHERE[path] === undefined),
      [],
    );
  });
});
