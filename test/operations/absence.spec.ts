import assert from "node:assert/strict";
import type { SecretState } from "../../provider/secret/state";
import type { KeycardOptions } from "../emulator";
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
  notes,
  PATH,
  provider,
  read,
  remove,
  SECRET,
  sent,
  start,
  update,
  useProvider,
} from "../support/secret-provider";

/** The calls of the provider for a secret in the state, or for one to adopt or read. */
const CALLS: Record<string, (state: SecretState) => Promise<unknown>> = {
  "a read": (state) => read(state),
  "a deletion": (state) => remove(state),
  "an update": (state) => update(state, { ...full, name: "gitlab" }),
  "an adoption": () => create({ ...full, adoptId: "sec_1" }),
  "a first read": () => read({ zoneId: "zone_1" }),
  "a lookup of the value": () => provider.lookUp("getSecretValue", "zone_1", { id: "sec_1" }),
};

describe("the provider", () => {
  useProvider();

  const methods = () => keycard.calls().map(({ method }) => method);
  const waits = () => notes.filter((line) => line.includes("Looking again for up to"));

  describe("a 404 without an answer from the zone", () => {
    for (const [what, call] of Object.entries(CALLS)) {
      it(`a 404 to ${what} is an error with credentials of another organisation`, async () => {
        await start();
        const state = aged(await created());
        const { clientId, clientSecret } = keycard.otherOrganisation;
        nextRun({ "keycard:clientId": clientId, "keycard:clientSecret": clientSecret });
        const error = await failureOf(call(state));
        const { message } = error;
        assert.ok(!message.includes(clientSecret));
        assert.match(message, /answered 404, which does not prove that the secret is gone/);
        assert.ok(message.includes(`zone zone_1 is not visible at ${keycard.url} (GET ${PATH} answered 404`));
        assert.match(message, /Authenticated with the client id from keycard:clientId/);
        assert.deepEqual([error["id"], error["properties"]], [undefined, undefined]);
        assert.equal(keycard.secrets().length, 1);
      });

      it(`a 404 to ${what} is an error with an extra path segment in the endpoint`, async () => {
        await start();
        const state = aged(await created());
        const endpoint = `${keycard.url}/api`;
        process.env["KEYCARD_ACCESS_TOKEN"] = keycard.accessToken;
        nextRun({ "keycard:endpoint": endpoint, "keycard:clientId": "", "keycard:clientSecret": "" });
        const { message } = await failureOf(call(state));
        assert.ok(message.includes(`zone zone_1 is not visible at ${endpoint} (GET ${PATH} answered 404`));
        assert.match(message, /Authenticated with the token from KEYCARD_ACCESS_TOKEN/);
        assert.equal(keycard.secrets().length, 1);
      });
    }

    it("a 404 is an error while the listing fails for another cause", async () => {
      await start();
      const state = aged(await created());
      keycard.remove("sec_1");
      keycard.faults.add({ path: /secrets$/, kind: { status: 400 }, times: Infinity });
      assert.match((await failureOf(remove(state))).message, /not visible at .* \(GET \S+ answered 400/);
      keycard.faults.clear();
      await remove(state);
    });
  });

  describe("a 404 from a visible zone", () => {
    for (const refusal of ["forbidden", "method-not-allowed"] as const) {
      it(`a 404 proves that a secret is gone if the listing is ${refusal}`, async () => {
        await start();
        const state = aged(await created());
        keycard.remove("sec_1");
        keycard.switches.list = refusal;
        await remove(state);
        assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }, list]);
        assert.deepEqual(await read(state), { id: "", props: {} });
      });
    }

    it("a 404 proves that a secret is gone if another one of the zone answers in the same run", async () => {
      await start();
      const gone = aged(await created());
      const other = await create({ ...bare, name: "other" });
      const state = aged(other.outs);
      keycard.remove("sec_1");
      keycard.switches.list = "missing";
      const [result] = await Promise.all([read(gone), provider.read(other.id, sent(state))]);
      assert.deepEqual(result, { id: "", props: {} });
    });

    it("all missing secrets together cost one listing", async () => {
      await start();
      const states = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => (await create({ ...bare, name: `s${i}` })).outs),
      );
      for (const { id } of keycard.secrets()) keycard.remove(id);
      nextRun();
      keycard.clearLog();
      const old = new Date(Date.now() - 3_600_000).toISOString();
      const deleted = states.map((state, i) =>
        provider.delete(`sec_${i + 1}`, sent({ ...state, createdAt: old })),
      );
      await Promise.all(deleted);
      assert.equal(methods().filter((method) => method === "GET").length, 1);
      assert.equal(methods().length, 11);
      assert.deepEqual(notes, []);
    });
  });

  describe("a new secret", () => {
    type Lag = "readLagMs" | "listLagMs" | "writeLagMs";

    /** Hides new secrets from these requests until the run has got three answers, however long that takes. */
    let hide: (...lags: Lag[]) => void;

    async function startHiding(options: KeycardOptions = {}) {
      let answers = 0;
      const onAnswered = () => {
        if (++answers === 3) Object.assign(keycard.switches, { readLagMs: 0, listLagMs: 0, writeLagMs: 0 });
      };
      await start({ ...options, onAnswered });
      hide = (...lags) => {
        answers = 0;
        for (const lag of lags) keycard.switches[lag] = Infinity;
      };
    }

    for (const lags of [["readLagMs"], ["readLagMs", "listLagMs", "writeLagMs"]] as const) {
      for (const [what, call] of Object.entries(CALLS).slice(0, 3)) {
        it(`${what} looks again for a new secret while ${lags.join(", ")} hides it, and prints one line`, async () => {
          await startHiding();
          const state = await created();
          nextRun();
          hide(...lags, ...(what === "a read" ? (["listLagMs"] as const) : []));
          assert.notDeepEqual(await call(state), { id: "", props: {} });
          if (what === "a deletion") assert.deepEqual(keycard.secrets(), []);
          const isHidden = what === "a read" || lags.length > 1;
          assert.equal(waits().length, isHidden ? 1 : 0, notes.join("\n"));
        });
      }
    }

    it("a new secret is looked for again in listings if values must not be read", async () => {
      await startHiding();
      const state = await created();
      nextRun({ "keycard:readValues": "false" });
      hide("listLagMs");
      assert.equal((await read(state)).id, "sec_1");
      assert.ok(methods().every((method) => method === "GET"));
    });

    it("a new secret counts as gone only after it was looked for again", async () => {
      await start();
      const state = await created();
      keycard.remove("sec_1");
      nextRun();
      assert.deepEqual(await read(state), { id: "", props: {} });
      assert.equal(waits().length, 1);
      assert.deepEqual(
        keycard.calls().map(({ path }) => path),
        [PATH, SECRET, SECRET, SECRET, SECRET, SECRET],
      );
    });

    it("one line announces the wait for all new secrets of a zone", async () => {
      await start();
      const states = await Promise.all(
        [1, 2, 3].map(async (i) => (await create({ ...bare, name: `s${i}` })).outs),
      );
      for (const { id } of keycard.secrets()) keycard.remove(id);
      nextRun();
      await Promise.all(states.map((state, i) => provider.read(`sec_${i + 1}`, sent(state))));
      assert.equal(waits().length, 1);
    });

    it("an adoption and a first read look again for a secret that this run created", async () => {
      await startHiding();
      await created();
      hide("readLagMs");
      assert.equal((await read({ zoneId: "zone_1" })).id, "sec_1");
      hide("readLagMs");
      assert.equal((await create({ ...full, adoptId: "sec_1" })).id, "sec_1");
      assert.equal(waits().length, 1);
    });

    it("the age of a secret is measured by the service's clock", async () => {
      await startHiding({ clockOffsetMs: -3_600_000 });
      const state = await created();
      nextRun();
      hide("readLagMs", "listLagMs");
      assert.equal((await read(state)).id, "sec_1");
    });
  });

  it("a secret that a listing still has never counts as gone", async () => {
    await start();
    const state = aged(await created());
    keycard.edit("sec_1", { name: "renamed" });
    keycard.faults.add({ method: "GET", path: /sec_1$/, kind: { status: 404 }, times: Infinity });
    const { message } = await failureOf(read(state));
    assert.match(message, /GET \S+sec_1 answered 404, but the listing of zone zone_1 still has the secret/);
  });
});
