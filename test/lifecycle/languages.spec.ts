import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { languageTools } from "../engine/build-languages";
import { openWorkspace } from "./support/open-workspace";
import { COMPILED_WITHIN_MS, goProgram, pythonWithSdk } from "./support/sdk-programs";
import { closeAll } from "../support/close-all";

const ROOT = resolve(__dirname, "../..");
const PLANTED = { githubToken: "planted-token", DB_PASSWORD: "planted-password" };
const PLUGIN = "packages:\n  keycard-secrets: ./node_modules/pulumi-keycard/plugin\n";

describe("the plugin serves", function () {
  this.timeout(COMPILED_WITHIN_MS);
  let keycard: Keycard;
  let folder: string;
  let tools: string;

  before(async () => {
    tools = await languageTools((line) => void process.stderr.write(`engine: ${line}\n`));
    keycard = await startKeycard({ ids: "sequential" });
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-languages-"));
  });
  after(() => closeAll(keycard, () => rm(folder, { recursive: true, force: true })));

  async function runExample(
    name: string,
    path: string[],
    project = join(ROOT, "examples", name),
  ): Promise<void> {
    const stack = await openWorkspace({
      folder: project,
      config: {
        "keycard-secrets:zoneId": "zone_1",
        [`keycard-${name}:githubToken`]: { secret: PLANTED.githubToken },
      },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        DB_PASSWORD: PLANTED.DB_PASSWORD,
        PATH: [...path, tools, process.env["PATH"]].join(delimiter),
      },
    });
    try {
      if (name === "yaml") {
        const install = await stack.cli(["install"]);
        assert.ok(!install.failed, install.stdout + install.stderr);
      }
      assert.deepEqual((await stack.up()).outputs, { version: 1 });
      const held = keycard.secrets().map(({ name, data }) => [name, data] as const);
      assert.deepEqual(Object.fromEntries(held), {
        github: { type: "token", token: PLANTED.githubToken },
        database: { type: "password", username: "app", password: PLANTED.DB_PASSWORD },
      });
      assert.deepEqual((await stack.up()).changes, { same: 3 });
      for (const value of Object.values(PLANTED)) {
        assert.ok(!(await stack.storedText()).includes(value), "the state shows a value");
        assert.ok(!stack.allText().includes(value), "the output shows a value");
      }
      await stack.destroy();
      assert.deepEqual(keycard.secrets(), []);
    } finally {
      await stack.close();
    }
  }

  it("the plugin runs the YAML example without changes", () => runExample("yaml", []));

  it("the plugin generates values and gives first ones in YAML programs", async () => {
    const project = join(folder, "forms");
    await mkdir(project);
    const program = (length: number) => `name: forms
runtime: yaml
packages:
  keycard-secrets: ./node_modules/pulumi-keycard/plugin
resources:
  made:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data:
        type: token
        token:
          generated:
            length: ${length}
            characters: [lower, digits]
            rotateAfterDays: 90
            rotation: "2026-12"
  first:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data:
        type: password
        username: app
        password:
          initialValue:
            fromEnv: DB_PASSWORD
outputs:
  version: \${made.version}
`;
    const writeProgram = (to: string, length: number) => writeFile(join(to, "Pulumi.yaml"), program(length));
    await writeProgram(project, 24);
    keycard.clearLog();
    const stack = await openWorkspace({
      folder: project,
      config: { "keycard-secrets:zoneId": "zone_forms" },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_ACCESS_TOKEN: keycard.accessToken,
        DB_PASSWORD: PLANTED.DB_PASSWORD,
        PATH: [tools, process.env["PATH"]].join(delimiter),
      },
    });
    const data = (name: string) => keycard.secrets().find((secret) => secret.name === name)?.data;
    const made = () => (data("made") as { token: string }).token;
    try {
      await stack.up();
      const before = made();
      assert.match(before, /^[a-z0-9]{24}$/);
      assert.deepEqual(data("first"), { type: "password", username: "app", password: PLANTED.DB_PASSWORD });
      assert.deepEqual((await stack.up()).changes, { same: 3 });
      await writeProgram(stack.project, 30);
      assert.deepEqual((await stack.up()).outputs, { version: 2 });
      assert.match(made(), /^[a-z0-9]{30}$/);
      const decrypted = JSON.stringify((await stack.exportState()).resources);
      for (const value of [before, made(), PLANTED.DB_PASSWORD]) {
        assert.ok(!decrypted.includes(value), "the decrypted state shows a value");
        assert.ok(!(await stack.storedText()).includes(value), "the backend shows a value");
        assert.ok(!stack.allText().includes(value), "the output shows a value");
      }
      await stack.destroy();
    } finally {
      await stack.close();
    }
  });

  it("the plugin runs the Python example, with an SDK that pip installs", async () => {
    await runExample("python", [await pythonWithSdk(folder)]);
  });

  it("the plugin runs the Go example, with an SDK that compiles", async () => {
    const { program } = await goProgram(folder);
    const project = await readFile(join(program, "Pulumi.yaml"), "utf8");
    // The example has the installed plugin in this place.
    await writeFile(join(program, "Pulumi.yaml"), project.replace(/^packages:\n .*\n/m, PLUGIN));
    await runExample("go", [], program);
  });
});
