import assert from "node:assert/strict";
import { countIn, openProgramScene, type ProgramScene } from "./support/program-scene";

const data = '{ type: "token", token: "planted-in-message" }';

describe("a message", () => {
  let scene: ProgramScene;

  beforeEach(async () => (scene = await openProgramScene()));
  afterEach(() => scene.close());

  /** Our stack frames, and warnings of Node.js about promises. */
  const NOISE = /dist[/\\]|provider[/\\]program|PromiseRejectionHandledWarning|node:internal/;

  it("the error of a lookup is shown once, with its call and without a stack", async () => {
    const message = "There is no secret sec_gone in zone zone_1";
    for (const [call, program] of Object.entries({
      'getSecretOutput({ id: "sec_gone" })': `
        const found = keycard.getSecretOutput({ id: "sec_gone" });
        exports.name = found.name;
        exports.later = found.apply(({ version }) => new Promise((done) => setTimeout(() => done(version), 50)));
        new Secret("dependent", { entityId: found.entityId, data: ${data} });`,
      'getSecretValue({ id: "sec_gone", zoneId: "zone_1" })': `
        module.exports = async () => ({ data: await keycard.getSecretValue({ id: "sec_gone", zoneId: "zone_1" }) });`,
    })) {
      await scene.write(program);
      const { diagnostics, error } = await scene.stack.previewFails();
      assert.equal(countIn(diagnostics, `${call}: ${message}`), 1, error);
      assert.equal(countIn(diagnostics, message), 1, error);
      assert.doesNotMatch(error, NOISE);
    }
  });

  it("the error of a read or a delete is shown once, with its resource and without a stack", async () => {
    await scene.write(
      `for (const name of ["a", "b"]) new Secret(name, { entityId: "ent_1", data: ${data} });`,
    );
    await scene.stack.up();
    for (const [method, run] of [
      ["GET", () => scene.stack.refreshFails()],
      ["DELETE", () => scene.stack.destroyFails({ continueOnError: true })],
    ] as const) {
      scene.keycard.faults.add({ method, times: Infinity, kind: { status: 403 } });
      const { diagnostics, error } = await run();
      // One for each of the two secrets.
      assert.equal(countIn(diagnostics, "answered 403"), 2, error);
      assert.doesNotMatch(error, NOISE);
      assert.doesNotMatch(error, /planted/);
    }
  });

  it("the error of a mistake in plain JavaScript names it, and the line of the program", async () => {
    await scene.write(`new Secret("numbered", { entityId: 5, data: ${data} });`);
    const { error } = await scene.stack.previewFails();
    assert.match(error, /`entityId` must be a string, not a number/);
    await scene.write(`new Secret("bare");`);
    const bare = await scene.stack.previewFails();
    assert.equal(countIn(bare.diagnostics, "Secret bare: the arguments are missing."), 1);
    assert.match(bare.error, /project[/\\]index\.js/);
    assert.doesNotMatch(bare.error, /dist[/\\]/);
  });
});
