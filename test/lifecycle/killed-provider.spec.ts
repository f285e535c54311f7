import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecretArgs } from "pulumi-keycard";
import { KILLED_PROVIDER } from "../support/documents";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { processIds } from "./support/processes";
import { type Scene, openScene, token } from "./support/scene";

const SAYS_KILLED = new RegExp(KILLED_PROVIDER.join("|"));

describe("a process that is killed", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("killed") };
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  /** Runs `up`, and kills processes after Keycard has done the work but before it answers. */
  async function upKilledIn(method: string, kinds: string[], options = {}): Promise<string> {
    const fault = scene.keycard.faults.add({ method, kind: { delayMs: 5000, when: "after" } });
    const up = scene.stack.upFails(options);
    while (fault.hits === 0) await sleep(20);
    // The emulator does the work within this time, and delays the answer.
    await sleep(200);
    for (const kind of kinds) {
      const [pid] = processIds(scene.stack.root, kind);
      assert.ok(pid !== undefined, `no ${kind} is running`);
      process.kill(pid, "SIGKILL");
    }
    return (await up).error;
  }

  async function adoptOnly(): Promise<void> {
    scene.declare({ a: { ...args, adoptId: "sec_1" } });
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.secrets().map(({ id }) => id),
      ["sec_1"],
    );
    assert.equal(await scene.idOf("a"), "sec_1");
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  }

  it("a create whose provider was killed is recovered by adoptId", async () => {
    scene.declare({ a: args });
    assert.match(await upKilledIn("POST", ["dynamic-provider"]), SAYS_KILLED);
    assert.equal(scene.keycard.secrets().length, 1);
    await adoptOnly();
  });

  it("each error of a run whose provider was killed is one that the documents name", async () => {
    scene.declare({ a: args, b: args, c: args });
    const error = await upKilledIn("POST", ["dynamic-provider"], { parallel: 1, continueOnError: true });
    const lines = error.split("\n").filter((line) => /^ {4}error: (?!update failed)/.test(line));
    assert.ok(lines.length > 1, error);
    for (const line of lines) assert.match(line, SAYS_KILLED);
  });

  it("a create whose engine was killed is recovered by refresh and adoptId", async () => {
    scene.declare({ a: args });
    await upKilledIn("POST", ["pulumi up", "dynamic-provider"]);
    assert.equal(scene.keycard.secrets().length, 1);
    assert.match(await scene.stack.stateText(), /"pending_operations": ?\[\s*\{/);
    await scene.stack.cli(["cancel", "--yes"]);
    const { stdout, stderr, failed } = await scene.stack.cli([
      "refresh",
      "--yes",
      "--skip-preview",
      "--clear-pending-creates",
    ]);
    assert.ok(!failed, stdout + stderr);
    assert.doesNotMatch(await scene.stack.stateText(), /"pending_operations": ?\[\s*\{/);
    await adoptOnly();
  });

  it("the provider ends soon after its engine was killed", async () => {
    scene.declare({ a: args });
    const fault = scene.keycard.faults.add({ method: "POST", kind: { delayMs: 60_000, when: "after" } });
    const up = scene.stack.upFails();
    while (fault.hits === 0) await sleep(20);
    const [engine] = processIds(scene.stack.root, "pulumi up");
    assert.ok(engine !== undefined);
    await sleep(8_000);
    assert.equal(
      processIds(scene.stack.root, "dynamic-provider/").length,
      1,
      "it serves a run that is alive",
    );
    process.kill(engine, "SIGKILL");
    await up;
    const begun = Date.now();
    while (processIds(scene.stack.root, "dynamic-provider").length > 0 && Date.now() - begun < 20_000)
      await sleep(100);
    assert.deepEqual(processIds(scene.stack.root, "dynamic-provider"), []);
  });

  it("an update whose provider was killed only needs another up", async () => {
    scene.declare({ a: args });
    await scene.stack.up();
    scene.declare({ a: { ...args, name: "renamed" } });
    await upKilledIn("PATCH", ["dynamic-provider"]);
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.secrets().map(({ id, name }) => [id, name]),
      [["sec_1", "renamed"]],
    );
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });
});

for (const resource of RESOURCES)
  describe(`through ${NAME_OF[resource]}, a secret that a killed run has left`, () => {
    let scene: Scene;
    before(async () => (scene = await openScene({ resource })));
    after(() => scene.close());

    it("is named beside the second one by the next up, with what to do", async () => {
      scene.declare({ a: { entityId: "ent_1", description: "Left", data: token("left") } });
      const fault = scene.keycard.faults.add({ method: "POST", kind: { delayMs: 5000, when: "after" } });
      const up = scene.stack.upFails();
      while (fault.hits === 0) await sleep(20);
      await sleep(200);
      const kind = { dynamic: "dynamic-provider", native: "pulumi-resource-keycard-secrets" }[resource];
      const [pid] = processIds(scene.stack.root, kind);
      assert.ok(pid !== undefined, `no ${kind} is running`);
      process.kill(pid, "SIGKILL");
      await up;
      const { diagnostics } = await scene.stack.up();
      assert.match(
        diagnostics.join("\n"),
        /Created sec_2 as the secret "a" of entity ent_1 in zone zone_1, which already had sec_1 .*: delete it in Keycard/,
      );
      assert.equal(await scene.idOf("a"), "sec_2");
      assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    });
  });
