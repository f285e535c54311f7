import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { openWorkspace } from "./support/open-workspace";
import type { Config, Workspace } from "./support/workspace";
import { closeAll } from "../support/close-all";

const ROOT = resolve(__dirname, "../..");

describe("an example", () => {
  let keycard: Keycard;
  let stack: Workspace | undefined;

  beforeEach(async () => (keycard = await startKeycard({ ids: "sequential" })));
  afterEach(() => closeAll(stack, keycard));

  /** Runs a copy of a project's folder, and destroys everything at the end. */
  async function run(folder: string, project: string, config: Config, env: Record<string, string> = {}) {
    stack = await openWorkspace({
      folder,
      config: { "keycard-secrets:zoneId": "zone_1", [`${project}:entityId`]: "ent_1", ...config },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        // A unit test already compiles the programs, which takes most of the time.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        ...env,
      },
    });
    const { outputs } = await stack.up();
    const stored = keycard.secret("sec_1");
    assert.deepEqual(outputs, { id: "sec_1", version: 1 });
    assert.ok(!(await stack.storedText()).includes("planted-"));
    assert.ok(!stack.allText().includes("planted-"));
    await stack.destroy();
    assert.deepEqual(keycard.secrets(), []);
    return stored;
  }

  it("the password example creates a secret without changes to its program", async () => {
    const config = { "password-secret:databasePassword": { secret: "planted-password" } };
    const stored = await run(join(ROOT, "examples/password-secret"), "password-secret", config);
    assert.deepEqual(stored?.data, { type: "password", username: "app", password: "planted-password" });
    assert.equal(stored.name, "database");
  });

  it("the environment example creates a secret without changes to its program", async () => {
    const name = "value-from-environment";
    const env = { GITHUB_TOKEN_FOR_AGENTS: "planted-variable" };
    const stored = await run(join(ROOT, "examples", name), name, {}, env);
    assert.deepEqual(stored?.data, { type: "token", token: "planted-variable" });
  });

  it("the 1Password example creates a secret without changes to its program", async () => {
    const name = "value-from-1password";
    const bin = await mkdtemp(join(tmpdir(), "pulumi-keycard-bin-"));
    try {
      // Replaces 1Password's command line. It knows one item.
      const op = '#!/bin/sh\ntest "$*" = "read op://Agents/database/password" && echo planted-by-op\n';
      await writeFile(join(bin, "op"), op, { mode: 0o755 });
      const env = { PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter) };
      const config = { [`${name}:item`]: "op://Agents/database/password" };
      const stored = await run(join(ROOT, "examples", name), name, config, env);
      assert.deepEqual(stored?.data, { type: "password", username: "app", password: "planted-by-op" });
    } finally {
      await rm(bin, { recursive: true });
    }
  });

  it("the repository's own project runs the token example", async () => {
    const clone = await mkdtemp(join(tmpdir(), "pulumi-keycard-clone-"));
    try {
      for (const path of ["Pulumi.yaml", "package.json", "tsconfig.json", "examples", "dist"]) {
        await cp(join(ROOT, path), join(clone, path), { recursive: true });
      }
      const config = { "pulumi-keycard:githubToken": { secret: "planted-token" } };
      // The compiler checks the program, as it does for a user.
      const stored = await run(clone, "pulumi-keycard", config, { PULUMI_NODEJS_TRANSPILE_ONLY: "false" });
      assert.equal(stored?.name, "GitHub token");
      assert.deepEqual(stored.data, { type: "token", token: "planted-token" });
      assert.deepEqual(stored.metadata, { team: "release" });
    } finally {
      await rm(clone, { recursive: true });
    }
  });
});
