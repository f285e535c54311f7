import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import {
  VALUE,
  account,
  bare,
  create,
  created,
  full,
  get,
  keycard,
  list,
  nextRun,
  patch,
  read,
  start,
  stateNow,
  stateSinceUpdate,
  update,
  useProvider,
} from "../support/secret-provider";

const rotated = { type: "token", token: "rotated" } as const;

describe("a value that somebody else changes", () => {
  useProvider();

  for (const version of ["every-update", "data-only"] as const) {
    describe(`where ${version === "data-only" ? "a new value alone raises" : "every update raises"} the version`, () => {
      const CHANGES: [string, Partial<SecretInputs>][] = [
        ["description", { description: "Weekly" }],
        ["name", { name: "gitlab" }],
        ["metadata", { metadata: { team: "b" } }],
        ["description that is cleared", { description: "" }],
      ];
      for (const [what, change] of CHANGES) {
        it(`a foreign value is found after an update of the ${what}`, async () => {
          await start({ switches: { version } });
          const state = await created();
          keycard.edit("sec_1", { data: rotated });
          const news = { ...full, ...change };
          const { outs } = await update(state, news);
          assert.equal(outs.__valueVersion, 1);
          keycard.clearLog();
          const { props, inputs } = await read(outs);
          assert.deepEqual(keycard.calls(), [list, get], "one GET");
          // The value changed no later than the update.
          assert.deepEqual([inputs.data, props], [rotated, stateSinceUpdate()]);

          const corrected = (await update(props, news)).outs;
          assert.deepEqual(corrected, stateNow());
          nextRun();
          keycard.clearLog();
          assert.deepEqual((await read(corrected)).props, corrected);
          assert.deepEqual(keycard.calls(), [list]);
        });
      }

      it("a foreign value is found after two updates of something else", async () => {
        await start({ switches: { version } });
        const state = await created();
        keycard.edit("sec_1", { data: rotated });
        const first = (await update(state, { ...full, name: "a" })).outs;
        const second = (await update(first, { ...full, name: "b" })).outs;
        assert.equal(second.__valueVersion, 1);
        assert.deepEqual((await read(second)).inputs.data, rotated);
      });

      it("a foreign value is found at the version at which another value was sent", async () => {
        await start({ switches: { version } });
        const state = await created();
        keycard.edit("sec_1", { data: rotated });
        const data = { type: "token", token: "ours" } as const;
        const { outs } = await update(state, { ...full, name: "a", data });
        assert.deepEqual(outs, stateNow());
        keycard.clearLog();
        nextRun();
        await read(outs);
        assert.deepEqual(keycard.calls(), [list]);
      });

      it("a foreign value of another type is found", async () => {
        await start({ switches: { version } });
        const state = await created();
        keycard.edit("sec_1", { data: account });
        const { outs } = await update(state, { ...full, name: "a" });
        assert.deepEqual((await read(outs)).inputs.data, account);
      });

      it("a foreign value is found after an adoption that sent no value", async () => {
        await start({ switches: { version } });
        keycard.put({ id: "sec_1", name: "old", data: { type: "token", token: VALUE } });
        keycard.faults.add({ method: "PATCH", kind: { delayMs: 300 } });
        const adopted = create({ ...bare, adoptId: "sec_1" });
        while (!keycard.calls().some(({ method }) => method === "PATCH")) await new Promise(setImmediate);
        keycard.edit("sec_1", { data: rotated });
        const { outs } = await adopted;
        assert.equal(outs.__valueVersion, 1);
        assert.deepEqual((await read(outs)).inputs.data, rotated);
      });

      it("a foreign value counts as unread if values must not be read", async () => {
        await start({ switches: { version } }, { "keycard:readValues": "false" });
        const state = await created();
        keycard.edit("sec_1", { data: rotated });
        const { outs } = await update(state, { ...full, name: "a" });
        const { props } = await read(outs);
        assert.deepEqual(props.data, { type: "token", token: { unreadVersion: outs.version } });
        keycard.clearLog();
        const sent = (await update(props, { ...full, name: "a" })).outs;
        assert.deepEqual(keycard.calls(), [patch({ data: full.data })]);
        assert.deepEqual(sent, stateNow());
      });
    });
  }

  it("a value is not read again while the version stays the same", async () => {
    await start({ switches: { version: "data-only" } });
    const { outs } = await update(await created(), { ...full, name: "a" });
    assert.deepEqual(outs, stateNow());
    keycard.clearLog();
    await read(outs);
    assert.deepEqual(keycard.calls(), [list]);
  });

  it("a value is known at the version of its own PATCH, not of a corrective one", async () => {
    await start({ switches: { clearing: "null-ignoring-empty" } });
    const data = { type: "token", token: "ours" } as const;
    const { outs } = await update(await created(), { ...full, description: "", data });
    assert.deepEqual([outs.version, outs.__valueVersion], [3, 2]);
  });
});
