import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Secret } from "pulumi-keycard/native";
import { assertNoProcessLeft, processIds } from "./support/processes";
import { openScene, token, type Scene } from "./support/scene";

const SLOW = { kind: { delayMs: 12_000, when: "after" }, times: Infinity } as const;

describe("a call of the plugin ends", () => {
  let scene: Scene;
  beforeEach(async () => (scene = await openScene({ resource: "native" })));
  afterEach(() => scene.close());

  const declare = (description: string, seconds = 1) =>
    (scene.stack.program = () => {
      const args = { entityId: "ent_1", description, data: token("value") };
      const timeout = `${seconds}s`;
      new Secret("a", args, { customTimeouts: { create: timeout, update: timeout } });
      return Promise.resolve();
    });

  function kill(kind: string, signal: NodeJS.Signals): void {
    const [pid] = processIds(scene.stack.root, kind);
    assert.ok(pid !== undefined, `no ${kind} is running`);
    process.kill(pid, signal);
  }

  it("the custom timeout of a resource ends a call of the plugin, and the next run corrects the uncertain result", async () => {
    declare("first");
    const post = scene.keycard.faults.add({ ...SLOW, method: "POST" });
    const began = Date.now();
    const created = await scene.stack.upFails();
    assert.ok(Date.now() - began < 10_000, "it did not wait for the answer");
    assert.match(created.error, /POST \S+ reached the custom timeout of 1 s while waiting/);
    post.remove();

    // The late secret is found, and no second one is created.
    declare("first", 60);
    await scene.stack.up();
    assert.equal(scene.keycard.secrets().length, 1);

    declare("second");
    const patch = scene.keycard.faults.add({ ...SLOW, method: "PATCH" });
    assert.match(
      (await scene.stack.upFails()).error,
      /PATCH \S+ reached the custom timeout of 1 s .*Raise `customTimeouts.update` of the resource/,
    );
    patch.remove();
    declare("second", 60);
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.secrets().map(({ description }) => description),
      ["second"],
    );
  });

  it("Ctrl+C ends a call of the plugin, and leaves no unknown secret", async () => {
    declare("first", 600);
    const post = scene.keycard.faults.add({ ...SLOW, method: "POST" });
    const run = scene.stack.upFails();
    while (post.hits === 0) await sleep(50);
    const began = Date.now();
    kill("pulumi up", "SIGINT");
    const { error } = await run;
    assert.ok(Date.now() - began < 10_000, "it did not wait for the answer");
    assert.match(error, /POST \S+ was cancelled while waiting/);
    scene.keycard.faults.clear();
    await scene.stack.up();
    assert.equal(scene.keycard.secrets().length, 1);
  });

  it("killing the CLI ends a call of the plugin, and leaves no process behind", async () => {
    declare("first", 600);
    const post = scene.keycard.faults.add({ ...SLOW, method: "POST" });
    const run = scene.stack.upFails();
    while (post.hits === 0) await sleep(50);
    assert.equal(processIds(scene.stack.root, "pulumi-resource-keycard-secrets").length, 1);
    kill("pulumi up", "SIGKILL");
    await run;
    await assertNoProcessLeft(scene.stack.root);
  });
});
