import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import type { FaultKind, Keycard } from "../emulator";
import {
  account,
  aged,
  assertPlainJson,
  bare,
  create,
  created,
  diff,
  failureOf,
  full,
  get,
  keycard,
  list,
  nextRun,
  noRetries,
  notes,
  patch,
  provider,
  read,
  sent,
  start,
  stateNow,
  update,
  useProvider,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("read", () => {
    beforeEach(() => start());

    it("returns the state unchanged, and lets the engine keep its inputs", async () => {
      const state = await created();
      const result = await read(state);
      assert.deepEqual(result, { id: "sec_1", props: state });
      assert.deepEqual(keycard.calls(), [list]);
      assert.ok(!Object.isFrozen(result.props), "the SDK adds the loader text to it");
      // What it shares with the state before is frozen in this test alone.
      assertPlainJson(structuredClone(result));
    });

    it("returns two objects that the SDK may change separately", async () => {
      const state = await created();
      keycard.edit("sec_1", { description: "Edited" });
      const { props, inputs } = await read(state);
      assert.notEqual(props, inputs);
      assert.notEqual(props.data, inputs.data);
      assert.notEqual(props.metadata, inputs.metadata);
    });

    const DRIFTS: [string, Parameters<Keycard["edit"]>[1], Partial<SecretInputs>, object][] = [
      ["name", { name: "renamed" }, { name: "renamed" }, { name: "github" }],
      ["description", { description: "Edited" }, { description: "Edited" }, { description: "For releases" }],
      ["metadata", { metadata: { team: "x" } }, { metadata: { team: "x" } }, { metadata: full.metadata }],
      [
        "value",
        { data: { type: "token", token: "rotated" } },
        { data: { type: "token", token: "rotated" } },
        { data: full.data },
      ],
      ["type of data", { data: account }, { data: account }, { data: full.data }],
      ["entity", { entity_id: "ent_2" }, { entityId: "ent_2" }, {}],
    ];
    for (const [what, edit, drift, healing] of DRIFTS) {
      it(`shows a drift of the ${what}, which the next update corrects`, async () => {
        const state = await created();
        keycard.edit("sec_1", edit);
        const { id, props, inputs } = await read(state);
        assert.deepEqual([id, inputs, props], ["sec_1", { ...full, ...drift }, stateNow()]);
        const found = await diff(props, full);
        assert.deepEqual(found, { replaces: drift.entityId === undefined ? [] : ["entityId"] });
        keycard.clearLog();
        await update(props, full);
        assert.deepEqual(keycard.calls(), Object.keys(healing).length > 0 ? [patch(healing)] : []);
      });
    }

    it("shows fields that were removed or added", async () => {
      const state = await created();
      keycard.edit("sec_1", { description: undefined, metadata: undefined });
      const vanished = await read(state);
      assert.deepEqual([vanished.inputs, vanished.props], [bare, stateNow()]);
      keycard.edit("sec_1", { description: "For releases", metadata: full.metadata });
      nextRun();
      const appeared = await read(vanished.props);
      const props = { ...stateNow(), __asDeclared: { sentMetadata: {} } };
      assert.deepEqual([appeared.inputs, appeared.props], [full, props]);
    });

    it("treats a 404 as a deleted secret if the zone answers", async () => {
      const state = aged(await created());
      keycard.remove("sec_1");
      assert.deepEqual(await read(state), { id: "", props: {} });
      assert.deepEqual(keycard.calls(), [list, get]);
    });

    it("removes an adoptId that an earlier state has", async () => {
      const state = await created();
      assert.deepEqual(await read({ ...state, adoptId: "sec_1" }), {
        id: "sec_1",
        props: state,
        inputs: full,
      });
    });

    it("finds an existing secret by zone and id", async () => {
      keycard.put({ id: "sec_1", name: "shared", description: "By hand", data: account });
      const state = { ...stateNow(), __unmanaged: true };
      assert.deepEqual(await read({ zoneId: "zone_1" }), { id: "sec_1", props: state });
      assertPlainJson(state);
    });

    it("never returns inputs of a secret that is only read", async () => {
      keycard.put({ id: "sec_1", name: "shared", data: account });
      const { props } = await read({ zoneId: "zone_1" });
      keycard.edit("sec_1", { name: "renamed" });
      nextRun();
      const again = await read(props);
      assert.deepEqual(again, { id: "sec_1", props: { ...stateNow(), __unmanaged: true } });
    });

    it("throws if a first read finds no secret", async () => {
      const error = await failureOf(read({ zoneId: "zone_1" }));
      assert.equal(error.message, "There is no secret sec_1 in zone zone_1. Correct the ID or the zone.");
      assert.deepEqual([error["id"], keycard.calls()], [undefined, [get, list]]);
    });

    it("throws without a request if no zone is known", async () => {
      const error = await failureOf(provider.read("sec_1", {}));
      assert.match(
        error.message,
        /^Could not read the secret sec_1: `zoneId` is missing. Set the argument, /,
      );
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
    });

    const FAILURES: [string, FaultKind, RegExp][] = [
      ["refused credentials", { status: 401 }, /answered 401/],
      ["a lack of rights", { status: 403 }, /answered 403/],
      ["a failing service", { status: 500 }, /answered 500/],
      [
        "a web page that says 404",
        { status: 404, headers: { "content-type": "text/html" }, body: "<html>Not found</html>" },
        /answered 404 with a body that is not JSON/,
      ],
      ["a broken answer", { body: "truncated" }, /answered 200 with a body that is not JSON/],
      ["foreign JSON", { body: "foreign-json" }, /answered 200 with an unexpected response body/],
      ["a redirect", { redirect: "/elsewhere" }, /answered 307/],
      ["a lost connection", { drop: "before" }, /got no answer/],
    ];
    for (const [what, kind, message] of FAILURES) {
      it(`never treats ${what} as a deleted secret`, async () => {
        const state = await created();
        keycard.faults.add({ method: "GET", kind, times: Infinity });
        noRetries();
        const error = await failureOf(read(state));
        assert.match(error.message, message);
        assert.deepEqual([error["id"], error["properties"]], [undefined, undefined]);
        assert.equal(keycard.secrets().length, 1);
      });
    }

    it("keeps what the listing shows if reading values is not allowed, and says so once", async () => {
      const state = await created();
      keycard.edit("sec_1", { name: "renamed" });
      keycard.put({ id: "sec_2", name: "other", version: 3 });
      keycard.switches.readValues = "forbidden";
      const { props, inputs } = await read(state);
      const data = { type: "token", token: { unreadVersion: 2 } };
      assert.deepEqual(
        [props.name, props.data, inputs.name, inputs.data],
        ["renamed", data, "renamed", data],
      );
      await provider.read("sec_2", sent(state));
      assert.equal(notes.length, 1);
      assert.match(
        notes[0] ?? "",
        /lists the secrets of zone zone_1, but refuses .* Set keycard-secrets:readValues or KEYCARD_READ_VALUES to false/,
      );
    });

    it("names the setting if reading values is not allowed and no listing shows the secret", async () => {
      await created();
      keycard.switches.readValues = "forbidden";
      const wanted = /answered 403.* set keycard-secrets:readValues or KEYCARD_READ_VALUES to false\.$/;
      assert.match((await failureOf(read({ zoneId: "zone_1" }))).message, wanted);
      const adopting = create({ ...full, name: "adopting", adoptId: "sec_1" });
      assert.match((await failureOf(adopting)).message, wanted);
      assert.match(
        (await failureOf(provider.lookUp("getSecretValue", "zone_1", { id: "sec_1" }))).message,
        wanted,
      );
    });

    it("a firewall's 403 is not that of credentials which may not read", async () => {
      const state = await created();
      keycard.edit("sec_1", { name: "renamed" });
      keycard.faults.add({ path: /sec_1$/, kind: { status: 403, body: "<html>" } });
      const { message } = await failureOf(read(state));
      assert.match(message, /answered 403 with a body that is not JSON/);
      assert.doesNotMatch(message, /readValues/);
    });
  });
});
