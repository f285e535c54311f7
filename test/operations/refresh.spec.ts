import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { Switches } from "../emulator";
import {
  PATH,
  aged,
  create,
  created,
  full,
  get,
  keycard,
  list,
  nextRun,
  provider,
  read,
  sent,
  start,
  stateNow,
  useProvider,
} from "../support/secret-provider";

const SECRETS = 30;
const LISTINGS = new Set([
  "/zones/zone_1/secrets ent_0",
  "/zones/zone_1/secrets ent_1",
  "/zones/zone_2/secrets ent_2",
]);

describe("the provider", () => {
  useProvider();

  describe("reads of one run", () => {
    /** Creates secrets in three entities of two zones, and starts another run. */
    async function many(): Promise<[id: string, state: SecretState][]> {
      const made: [string, SecretState][] = [];
      for (let i = 0; i < SECRETS; i++) {
        const zoneId = i % 3 === 2 ? "zone_2" : "zone_1";
        const inputs: SecretInputs = { ...full, zoneId, entityId: `ent_${i % 3}`, name: `s${i}` };
        const { id, outs } = await create(inputs);
        made.push([id, outs]);
      }
      keycard.clearLog();
      nextRun();
      return made;
    }

    const readOne = (id: string, state: SecretState) =>
      provider.read(id, sent(state)) as Promise<{ id: string; props: SecretState }>;
    const readAll = (secrets: [string, SecretState][]) =>
      Promise.all(secrets.map(([id, state]) => readOne(id, state)));

    const asked = () => keycard.requests.map(({ path, query }) => [path, query] as const);

    for (const [shape, pages] of [
      ["array", 1],
      ["items", 2],
    ] as const) {
      it(`the reads of one run request one listing per entity, which is ${shape}`, async () => {
        await start({ switches: { list: shape, pageSize: 5 } });
        const secrets = await many();
        const results = await readAll(secrets);
        assert.deepEqual(
          results.map(({ id, props }) => [id, props]),
          secrets,
        );
        assert.deepEqual(
          new Set(asked().map(([path, query]) => `${path} ${String(query["entity_id"])}`)),
          LISTINGS,
        );
        assert.deepEqual([asked().length, keycard.tokenRequests.length], [3 * pages, 1]);
      });
    }

    it("only the values of changed secrets are read", async () => {
      await start();
      const secrets = await many();
      keycard.edit("sec_1", { name: "renamed" });
      keycard.edit("sec_5", { data: { type: "token", token: "rotated" } });
      await readAll(secrets);
      const singly = asked().flatMap(([path]) => (path.endsWith("/secrets") ? [] : [path]));
      assert.deepEqual(singly.sort(), [`${PATH}/sec_1`, `${PATH}/sec_5`]);
    });

    it("a change that does not increment the version is found", async () => {
      await start({ switches: { version: "data-only" } });
      const state = await created();
      keycard.edit("sec_1", { description: "Theirs", version: 1 });
      assert.deepEqual((await read(state)).props, stateNow());
      assert.deepEqual(keycard.calls(), [list, get]);
    });

    it("a secret that the listing lacks is read before it counts as deleted", async () => {
      await start();
      const secrets = (await many()).map(([id, state]): [string, SecretState] => [id, aged(state)]);
      keycard.remove("sec_2");
      keycard.edit("sec_4", { entity_id: "ent_9" });
      const results = await readAll(secrets);
      assert.deepEqual(
        results.flatMap(({ id }, i) => (id === "" ? [i] : [])),
        [1],
      );
      assert.equal(results[3]?.props.entityId, "ent_9");
      assert.equal(keycard.requests.length, 3 + 2);
    });

    it("the listing is requested again after a write", async () => {
      await start();
      const [[id, state], other] = (await many()) as [[string, SecretState], [string, SecretState]];
      await readOne(id, state);
      await readOne(id, state);
      assert.equal(keycard.requests.length, 1);
      const renamed = await provider.update(id, sent(state), sent({ ...full, name: "renamed" }));
      const outs = renamed.outs as SecretState;
      keycard.clearLog();
      // The update incremented the version, and may have come after a change of the value.
      const { props } = await readOne(id, outs);
      assert.deepEqual(props, stateNow());
      assert.deepEqual(keycard.calls(), [list, get]);
      await provider.delete(other[0], sent(other[1]));
      await readOne(id, props);
      assert.deepEqual(
        keycard.calls().map(({ method }) => method),
        ["GET", "GET", "DELETE", "GET"],
      );
    });

    it("a fingerprint is kept without computing it again", async () => {
      await start();
      const data = {
        type: "token",
        token: { fromEnv: "KEYCARD_TEST_VALUE", fingerprint: "not one at all" },
      } as const;
      const state = { ...(await created()), data };
      assert.deepEqual((await read(state)).props, state);
      assert.deepEqual(keycard.calls(), [list]);
    });

    for (const answer of ["forbidden", "missing", "method-not-allowed", "garbage"] as Switches["list"][]) {
      it(`each secret is read by itself, without a message, if the listing is ${answer}`, async () => {
        await start({ switches: { list: answer } });
        const secrets = await many();
        const results = await readAll(secrets);
        assert.deepEqual(
          results.map(({ id, props }) => [id, props]),
          secrets,
        );
        const lists = keycard.requests.filter(({ path }) => path.endsWith("/secrets")).length;
        assert.deepEqual(
          [lists, keycard.requests.length - lists],
          // An unreadable answer may be transient, so the client tries each listing twice.
          [answer === "garbage" ? 6 : 3, SECRETS],
        );
      });
    }

    it("the reads wait for a listing that a failing service has not answered yet", async () => {
      await start();
      const secrets = await many();
      keycard.faults.add({ method: "GET", path: /secrets$/, kind: { status: 503 }, times: 2 });
      await readAll(secrets);
      assert.deepEqual(new Set(asked().map(([path]) => path)), new Set([PATH, "/zones/zone_2/secrets"]));
      assert.equal(keycard.requests.length, 3 + 2);
    });

    it("a first read does not use the listing", async () => {
      await start();
      await many();
      assert.deepEqual((await read({ zoneId: "zone_1" })).props, { ...stateNow(), __unmanaged: true });
      assert.deepEqual(keycard.calls(), [get]);
    });
  });
});
