import assert from "node:assert/strict";
import type { SecretInputs, SecretState } from "../../provider/secret-inputs";
import type { Switches } from "../emulator";
import {
  bare,
  create,
  created,
  failureOf,
  full,
  get,
  keycard,
  list,
  nextRun,
  patch,
  PATH,
  provider,
  read,
  remove,
  sent,
  start,
  stateNow,
  update,
  useProvider,
  VALUE,
} from "./support";

const SECRETS = 30;
const LISTINGS = new Set([
  "/zones/zone_1/secrets ent_0",
  "/zones/zone_1/secrets ent_1",
  "/zones/zone_2/secrets ent_2",
]);

describe("the provider", () => {
  useProvider();

  describe("reads of one run", () => {
    /** Makes secrets in three entities of two zones, and begins another run. */
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
      it(`ask once for the listing of each entity, which is ${shape}`, async () => {
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

    it("fetch the value of what has changed alone", async () => {
      await start();
      const secrets = await many();
      keycard.edit("sec_1", { name: "renamed" });
      keycard.edit("sec_5", { data: { type: "token", token: "rotated" } });
      await readAll(secrets);
      const singly = asked().flatMap(([path]) => (path.endsWith("/secrets") ? [] : [path]));
      assert.deepEqual(singly.sort(), [`${PATH}/sec_1`, `${PATH}/sec_5`]);
    });

    it("notice a change that leaves the version alone", async () => {
      await start({ switches: { version: "data-only" } });
      const state = await created();
      keycard.edit("sec_1", { description: "Theirs", version: 1 });
      assert.deepEqual((await read(state)).props, stateNow());
      assert.deepEqual(keycard.calls(), [list, get]);
    });

    it("read singly what the listing lacks before it counts as deleted", async () => {
      await start();
      const secrets = await many();
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

    it("ask for the listing anew after a write", async () => {
      await start();
      const [[id, state], other] = (await many()) as [[string, SecretState], [string, SecretState]];
      await readOne(id, state);
      await readOne(id, state);
      assert.equal(keycard.requests.length, 1);
      const renamed = await provider.update(id, sent(state), sent({ ...full, name: "renamed" }));
      const outs = renamed.outs as SecretState;
      keycard.clearLog();
      assert.deepEqual((await readOne(id, outs)).props, outs);
      assert.deepEqual(keycard.calls(), [list]);
      await provider.delete(other[0], sent(other[1]));
      await readOne(id, outs);
      assert.deepEqual(
        keycard.calls().map(({ method }) => method),
        ["GET", "DELETE", "GET"],
      );
    });

    it("keep a fingerprint without computing it again", async () => {
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
      it(`go on singly and quietly where the listing is ${answer}`, async () => {
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
          // One that cannot be read may be a passing mishap, so it is asked for twice.
          [answer === "garbage" ? 6 : 3, SECRETS],
        );
      });
    }

    it("wait for a listing that a failing service has not answered yet", async () => {
      await start();
      const secrets = await many();
      keycard.faults.add({ method: "GET", path: /secrets$/, kind: { status: 503 }, times: 2 });
      await readAll(secrets);
      assert.deepEqual(new Set(asked().map(([path]) => path)), new Set([PATH, "/zones/zone_2/secrets"]));
      assert.equal(keycard.requests.length, 3 + 2);
    });

    it("read a secret singly where it is read for the first time", async () => {
      await start();
      await many();
      assert.deepEqual((await read({ zoneId: "zone_1" })).props, stateNow());
      assert.deepEqual(keycard.calls(), [get]);
    });
  });

  describe("with keycard:readValues at false", () => {
    const config = { "keycard:readValues": "false" };
    const off = (options = {}) => start(options, config);
    const methods = () => keycard.calls().map(({ method, path }) => `${method} ${path.split("/").length}`);

    it("an unchanged secret is known by a listing", async () => {
      await off();
      const state = await created();
      assert.deepEqual((await read(state)).props, state);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("a raised version is a drift of data, which is sent again", async () => {
      await off();
      const state = await created();
      keycard.edit("sec_1", { data: { type: "token", token: "rotated" } });
      const { props, inputs } = await read(state);
      const data = { type: "token", token: { unreadVersion: 2 } };
      assert.deepEqual(
        [props, inputs],
        [
          { ...stateNow(), data },
          { ...full, data },
        ],
      );
      assert.deepEqual(keycard.calls(), [list]);

      nextRun(config);
      assert.deepEqual((await read(props)).props, props, "it stays so until it is sent");
      keycard.clearLog();
      const { outs } = await update(props, full);
      assert.deepEqual([keycard.calls(), outs], [[patch({ data: full.data })], stateNow()]);
    });

    it("an account keeps its user's name and loses its password", async () => {
      await off();
      const state = await created({ ...bare, data: { type: "password", username: "app", password: "p" } });
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      assert.deepEqual(props.data, { type: "password", username: "app", password: { unreadVersion: 2 } });
    });

    it("another type of value is a drift, whatever it was", async () => {
      await off();
      const state = await created(bare);
      keycard.edit("sec_1", { data: { type: "password", username: "app", password: "p" } });
      const { props } = await read(state);
      assert.deepEqual(
        [props.type, props.data],
        ["password", { type: "password", username: "", password: { unreadVersion: 2 } }],
      );
    });

    it("a change that leaves the version alone is none of data", async () => {
      await off({ switches: { version: "data-only" } });
      const state = await created();
      keycard.edit("sec_1", { description: "Theirs", version: 1 });
      assert.deepEqual((await read(state)).inputs, { ...full, description: "Theirs" });
    });

    it("a value by reference keeps its source, and its salt", async () => {
      await off();
      const token = { fromEnv: "KEYCARD_TEST_VALUE", fingerprint: "scrypt:2048:8:1$c2FsdA$x" };
      const state = { ...(await created()), data: { type: "token" as const, token } };
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      assert.deepEqual(props.data, { type: "token", token: { ...token, unreadVersion: 2 } });

      // Once values may be read again, it is compared, and does not enter the state.
      nextRun();
      const { token: again } = (await read(props)).props.data as { token: { fingerprint: string } };
      assert.match(again.fingerprint, /^scrypt:2048:8:1\$c2FsdA\$[\w-]{22}$/);
      assert.deepEqual({ ...again, fingerprint: "" }, { fromEnv: "KEYCARD_TEST_VALUE", fingerprint: "" });
    });

    it("a value that was not read is read once it may be", async () => {
      await off();
      const state = await created();
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      nextRun();
      assert.deepEqual((await read(props)).props, stateNow());
    });

    it("a secret that no listing has is deleted", async () => {
      await off();
      const state = await created();
      keycard.remove("sec_1");
      assert.deepEqual(await read(state), { id: "", props: {} });
      assert.deepEqual(keycard.calls(), [list, list]);
      assert.deepEqual(
        keycard.requests.map(({ query }) => query),
        [{ entity_id: "ent_1" }, {}],
      );
    });

    it("a secret of another entity is found in the zone", async () => {
      await off();
      const state = await created();
      keycard.edit("sec_1", { entity_id: "ent_2" });
      assert.equal((await read(state)).props.entityId, "ent_2");
      assert.deepEqual(methods(), ["GET 4", "GET 4"]);
    });

    it("a listing that is refused is an error", async () => {
      await off({ switches: { list: "forbidden" } });
      const state = await created();
      const error = await failureOf(read(state));
      assert.match(error.message, /^Could not list the secrets: GET .* answered 403/);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("a first read takes all but the value", async () => {
      await off();
      keycard.put({ id: "sec_1", name: "shared", version: 7 });
      const { props } = await read({ zoneId: "zone_1" });
      assert.deepEqual(props, { ...stateNow(), data: { type: "token", token: { unreadVersion: 7 } } });
      const error = await failureOf(provider.read("sec_2", sent({ zoneId: "zone_1" })));
      assert.match(error.message, /^There is no secret sec_2 in zone zone_1/);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("a secret is adopted with its value sent", async () => {
      await off();
      keycard.put({ id: "sec_1", name: "github", data: { type: "token", token: VALUE } });
      await create({ ...bare, adoptId: "sec_1" });
      assert.deepEqual(keycard.calls(), [list, patch({ data: bare.data })]);
    });

    it("an update whose answers are lost is looked at without values", async () => {
      await off();
      const state = await created();
      keycard.faults.add({ method: "PATCH", kind: { status: 501, when: "after" } });
      const error = await failureOf(update(state, { ...full, name: "renamed" }));
      const held = error["properties"] as SecretState;
      const data = { type: "token", token: { unreadVersion: 2 } };
      assert.deepEqual({ ...held, __provider: undefined }, { ...stateNow(), data, __provider: undefined });
      assert.deepEqual(methods(), ["PATCH 5", "GET 4"]);
    });

    it("a creation whose answer is lost says what forbids to look", async () => {
      await off();
      keycard.faults.add({ method: "POST", kind: { drop: "after" } });
      const error = await failureOf(create(bare));
      assert.match(
        error.message,
        /could not be found out: .*keycard:readValues says that no value may be read.*adoptId/,
      );
      assert.match(String(error["id"]), /^unknown since /);
    });

    it("data that is ignored stays as it is", async () => {
      await off();
      const state = await created();
      keycard.edit("sec_1", { name: "renamed" });
      const { inputs, props } = await read(state);
      const news = { ...full, data: inputs.data };
      const checked = await provider.check(sent(inputs), sent(news));
      assert.deepEqual(checked, { inputs: news, failures: [] });
      keycard.clearLog();
      await update(props, news);
      assert.deepEqual(keycard.calls(), [patch({ name: "github" })]);
      const error = await failureOf(create({ ...news, entityId: "ent_2" }));
      assert.match(
        error.message,
        /never read, so it cannot be sent: take `data` out of the option `ignoreChanges`/,
      );
    });

    it("nobody can declare a value as unread", async () => {
      await off();
      const data = { type: "token", token: { unreadVersion: 2 } };
      const { failures = [] } = await provider.check(sent(bare), sent({ ...bare, data: data as never }));
      assert.match(failures[0]?.reason ?? "", /`data.token` must be a string/);
      await remove(await created());
    });
  });
});
