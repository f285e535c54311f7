import assert from "node:assert/strict";
import type { SecretState } from "../../provider/secret/state";
import {
  aged,
  bare,
  create,
  created,
  failureOf,
  full,
  keycard,
  list,
  nextRun,
  patch,
  provider,
  read,
  remove,
  sent,
  start,
  stateNow,
  stateSinceUpdate,
  update,
  useProvider,
  VALUE,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("with keycard:readValues at false", () => {
    const config = { "keycard:readValues": "false" };
    const off = (options = {}) => start(options, config);
    const methods = () => keycard.calls().map(({ method, path }) => `${method} ${path.split("/").length}`);

    it("an unchanged secret costs only a listing", async () => {
      await off();
      const state = await created();
      assert.deepEqual((await read(state)).props, state);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("a higher version is a drift of data, which is sent again", async () => {
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

    it("an account with a drift keeps its user name and loses its password", async () => {
      await off();
      const state = await created({ ...bare, data: { type: "password", username: "app", password: "p" } });
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      assert.deepEqual(props.data, { type: "password", username: "app", password: { unreadVersion: 2 } });
    });

    it("another type of value is a drift", async () => {
      await off();
      const state = await created(bare);
      keycard.edit("sec_1", { data: { type: "password", username: "app", password: "p" } });
      const { props } = await read(state);
      assert.deepEqual(
        [props.type, props.data],
        ["password", { type: "password", username: "", password: { unreadVersion: 2 } }],
      );
    });

    it("a change that does not increment the version is no drift of data", async () => {
      await off({ switches: { version: "data-only" } });
      const state = await created();
      keycard.edit("sec_1", { description: "Theirs", version: 1 });
      assert.deepEqual((await read(state)).inputs, { ...full, description: "Theirs" });
    });

    it("a value by reference keeps its source, and its salt", async () => {
      await off();
      const token = {
        fromEnv: "KEYCARD_TEST_VALUE",
        fingerprint: "scrypt:2048:8:1$c2FsdHNhbHRzYWx0c2FsdA$xxxxxxxxxxxxxxxxxxxxxx",
      };
      const state = { ...(await created()), data: { type: "token" as const, token } };
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      assert.deepEqual(props.data, { type: "token", token: { ...token, unreadVersion: 2 } });

      // If reading is allowed again, the value is compared, and does not get into the state.
      nextRun();
      const { token: again } = (await read(props)).props.data as { token: { fingerprint: string } };
      assert.match(again.fingerprint, /^scrypt:2048:8:1\$c2FsdHNhbHRzYWx0c2FsdA\$[\w-]{22}$/);
      assert.deepEqual({ ...again, fingerprint: "" }, { ...token, fingerprint: "", foundOther: true });
    });

    it("a value that was not read is read as soon as that is allowed", async () => {
      await off();
      const state = await created();
      keycard.edit("sec_1", { name: "renamed" });
      const { props } = await read(state);
      nextRun();
      assert.deepEqual((await read(props)).props, stateSinceUpdate());
    });

    it("a secret that no listing has counts as deleted", async () => {
      await off();
      const state = aged(await created());
      nextRun(config);
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

    it("a rejected listing is an error", async () => {
      await off({ switches: { list: "forbidden" } });
      const state = await created();
      const error = await failureOf(read(state));
      assert.match(error.message, /^Could not list the secrets: GET .* answered 403/);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("a first read returns everything but the value", async () => {
      await off();
      keycard.put({ id: "sec_1", name: "shared", version: 7 });
      const { props } = await read({ zoneId: "zone_1" });
      const data = { type: "token", token: { unreadVersion: 7 } };
      assert.deepEqual(props, { ...stateNow(), data, __unmanaged: true });
      const error = await failureOf(provider.read("sec_2", sent({ zoneId: "zone_1" })));
      assert.match(error.message, /^There is no secret sec_2 in zone zone_1/);
      assert.deepEqual(keycard.calls(), [list]);
    });

    it("an adoption sends the value", async () => {
      await off();
      keycard.put({ id: "sec_1", name: "github", data: { type: "token", token: VALUE } });
      await create({ ...bare, adoptId: "sec_1" });
      assert.deepEqual(keycard.calls(), [list, patch({ data: bare.data })]);
    });

    it("an update whose answers are lost is resolved without reading values", async () => {
      await off();
      const state = await created();
      keycard.faults.add({ method: "PATCH", kind: { status: 501, when: "after" } });
      const error = await failureOf(update(state, { ...full, name: "renamed" }));
      const held = error["properties"] as SecretState;
      const data = { type: "token", token: { unreadVersion: 2 } };
      assert.deepEqual(
        { ...held, __provider: undefined },
        { ...stateSinceUpdate(), data, __isUnfinished: true, __provider: undefined },
      );
      assert.deepEqual(methods(), ["PATCH 5", "GET 4"]);
    });

    it("the error of a lost create names the setting that forbids the search", async () => {
      await off();
      keycard.faults.add({ method: "POST", kind: { drop: "after" } });
      const error = await failureOf(create(bare));
      assert.match(
        error.message,
        /Could not confirm whether the secret was created: .*keycard:readValues is false, so values must not be read.*adoptId/,
      );
      assert.match(String(error["id"]), /^unconfirmed since /);
    });

    it("ignored data stays as it is", async () => {
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
        /never read, so it cannot be sent: remove `data` from the option `ignoreChanges`/,
      );
    });

    it("a program cannot declare a value as unread", async () => {
      await off();
      const data = { type: "token", token: { unreadVersion: 2 } };
      const { failures = [] } = await provider.check(sent(bare), sent({ ...bare, data: data as never }));
      assert.match(failures[0]?.reason ?? "", /`data.token` must be a string/);
      await remove(await created());
    });
  });
});
