import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startKeycard } from "../emulator";
import { openWorkspace } from "./support/open-workspace";
import { closeAll } from "../support/close-all";

const EXAMPLES = resolve(__dirname, "../../examples");

// A unit test already compiles the programs, which takes most of the time.
const TRANSPILE_ONLY = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

describe("the preview of a pull request", () => {
  it("the preview of a pull request shows changed, new and removed secrets without Keycard and without credentials", async () => {
    const project = "pull-request-preview";
    const keycard = await startKeycard({ ids: "sequential" });
    const stack = await openWorkspace({
      folder: join(EXAMPLES, project),
      config: {
        "keycard-secrets:endpoint": keycard.url,
        "keycard-secrets:zoneId": "zone_1",
        "keycard-secrets:clientId": keycard.clientId,
        "keycard-secrets:clientSecret": { secret: keycard.clientSecret },
        [`${project}:entityId`]: "ent_1",
        [`${project}:githubToken`]: { secret: "planted-token" },
        [`${project}:databasePassword`]: { secret: "planted-password" },
      },
      env: TRANSPILE_ONLY,
    });
    try {
      await stack.up();
      await keycard.close();
      // An empty setting is treated as unset.
      await stack.setConfig({ "keycard-secrets:clientId": "", "keycard-secrets:clientSecret": "" });
      await stack.setConfig({ [`${project}:description`]: "Used by the nightly build" });
      const index = join(stack.project, "index.ts");
      await writeFile(index, (await readFile(index, "utf8")).replace('"database"', '"warehouse"'));
      const state = await stack.storedText();

      const { steps } = await stack.preview();
      assert.deepEqual(steps.map(({ op, name, changed }) => [op, name, changed]).sort(), [
        ["create", "warehouse", []],
        ["delete", "database", []],
        ["update", "github", ["description"]],
      ]);
      assert.equal(await stack.storedText(), state);
      assert.ok(!stack.allText().includes("planted-"));
      const { error } = await stack.upFails();
      assert.match(error, /No Keycard credentials found/);
    } finally {
      await closeAll(stack, keycard);
    }
  });
});

describe("what depends on a secret", () => {
  it("a dependent runs again if the version increases, and only then", async () => {
    const project = "rotate-dependents";
    const keycard = await startKeycard({ ids: "sequential" });
    const stack = await openWorkspace({
      folder: join(EXAMPLES, project),
      config: {
        "keycard-secrets:zoneId": "zone_1",
        [`${project}:entityId`]: "ent_1",
        [`${project}:githubToken`]: { secret: "planted-first" },
      },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        ...TRANSPILE_ONLY,
      },
    });
    const restarts = async () =>
      (await readFile(join(stack.project, "restarts.log"), "utf8")).split("\n").length - 1;
    try {
      assert.deepEqual((await stack.up()).outputs, { version: 1, restarts: 1 });
      assert.deepEqual((await stack.up()).changes, { same: 3 });
      assert.equal(await restarts(), 1);
      await stack.setConfig({ [`${project}:githubToken`]: { secret: "planted-second" } });
      assert.deepEqual((await stack.up()).outputs, { version: 2, restarts: 2 });
      assert.equal(await restarts(), 2);
      assert.ok(!(await stack.storedText()).includes("planted-"));
    } finally {
      await closeAll(stack, keycard);
    }
  });
});

describe("a generated password", () => {
  it("the example runs its dependent again after a rotation, warns of an old password, and keeps none", async () => {
    const project = "generated-password";
    // So that every new secret is 97 days old.
    const keycard = await startKeycard({ ids: "sequential", clockOffsetMs: -97 * 86_400_000 });
    const stack = await openWorkspace({
      folder: join(EXAMPLES, project),
      config: { "keycard-secrets:zoneId": "zone_1", [`${project}:entityId`]: "ent_1" },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        ...TRANSPILE_ONLY,
      },
    });
    const password = () => {
      const { data } = keycard.secret("sec_1") ?? {};
      assert.ok(data?.type === "password" && data.username === "app");
      assert.match(data.password, /^[A-Za-z0-9]{32}$/);
      return data.password;
    };
    try {
      assert.deepEqual((await stack.up()).outputs, { version: 1, applied: 1 });
      const first = password();
      const unchanged = await stack.up();
      assert.deepEqual(unchanged.changes, { same: 3 });
      assert.match(unchanged.stdout, /The value of database is 97 days old \(maxAgeDays: 90\)/);
      assert.equal(password(), first);

      await stack.setConfig({ [`${project}:rotation`]: "2026-12" });
      keycard.clearLog();
      const preview = await stack.preview({ plan: join(stack.project, "plan.json") });
      assert.deepEqual(preview.steps.map(({ op, name, changed }) => [op, name, changed]).sort(), [
        ["update", "apply-the-password", []],
        ["update", "database", ["data"]],
      ]);
      assert.deepEqual(keycard.calls(), []);
      assert.deepEqual((await stack.up()).outputs, { version: 2, applied: 2 });
      assert.deepEqual(
        keycard.calls().map(({ method }) => method),
        ["PATCH"],
      );
      const second = password();
      assert.notEqual(second, first);
      assert.equal(await readFile(join(stack.project, "applied.log"), "utf8"), "applied\napplied\n");
      const everywhere = `${stack.allText()}${await stack.decryptedText()}`;
      assert.match(everywhere, /"plan.json"|"resourcePlans"/);
      for (const value of [first, second]) assert.ok(!everywhere.includes(value));
    } finally {
      await closeAll(stack, keycard);
    }
  });
});
