import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { openWorkspace } from "./support/open-workspace";
import type { Config, Workspace } from "./support/workspace";

const ROOT = resolve(__dirname, "../..");

describe("an example", () => {
  let keycard: Keycard;
  let stack: Workspace | undefined;

  beforeEach(async () => (keycard = await startKeycard({ ids: "sequential" })));
  afterEach(async () => {
    await stack?.close();
    await keycard.close();
  });

  /** Runs a project's folder as it stands, and ends with everything destroyed. */
  async function run(folder: string, project: string, config: Config) {
    stack = await openWorkspace({
      folder,
      config: { "keycard:zoneId": "zone_1", [`${project}:entityId`]: "ent_1", ...config },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      },
    });
    const { outputs } = await stack.up();
    const stored = keycard.secret("sec_1");
    assert.deepEqual(outputs, { id: "sec_1", version: 1 });
    assert.ok(!(await stack.storedText()).includes("planted-"));
    await stack.destroy();
    assert.deepEqual(keycard.secrets(), []);
    return stored;
  }

  it("keeps a token as it stands", async () => {
    const config = { "token-secret:githubToken": { secret: "planted-token" } };
    const stored = await run(join(ROOT, "examples/token-secret"), "token-secret", config);
    assert.deepEqual(stored?.data, { type: "token", token: "planted-token" });
    assert.deepEqual(stored.metadata, { team: "release" });
  });

  it("keeps a password as it stands", async () => {
    const config = { "password-secret:databasePassword": { secret: "planted-password" } };
    const stored = await run(join(ROOT, "examples/password-secret"), "password-secret", config);
    assert.deepEqual(stored?.data, { type: "password", username: "app", password: "planted-password" });
    assert.equal(stored.name, "database");
  });

  it("is the program of the repository itself", async () => {
    const clone = await mkdtemp(join(tmpdir(), "pulumi-keycard-clone-"));
    try {
      for (const path of ["Pulumi.yaml", "package.json", "tsconfig.json", "examples", "dist"]) {
        await cp(join(ROOT, path), join(clone, path), { recursive: true });
      }
      const config = { "pulumi-keycard:githubToken": { secret: "planted-token" } };
      const stored = await run(clone, "pulumi-keycard", config);
      assert.equal(stored?.name, "GitHub token");
    } finally {
      await rm(clone, { recursive: true });
    }
  });
});
