import assert from "node:assert/strict";
import type { SecretState } from "../../provider/secret/state";
import { SecretProvider } from "../support/dynamic-resource";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import {
  account,
  bare,
  check,
  created,
  diff,
  frozen,
  full,
  keycard,
  provider,
  providerWith,
  sent,
  start,
  useProvider,
  VALUE,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("check", () => {
    beforeEach(() => start());

    it("returns the arguments without the loader text", async () => {
      assert.deepEqual(await check(full), { inputs: full, failures: [] });
      assert.deepEqual(await check({ ...bare, adoptId: "sec_9" }), {
        inputs: { ...bare, adoptId: "sec_9" },
        failures: [],
      });
    });

    it("leaves out arguments that mean an absent value", async () => {
      const news = { ...bare, description: "", metadata: {} };
      assert.deepEqual(await check(news), { inputs: bare, failures: [] });
    });

    it("returns unknown values unchanged", async () => {
      const news = { ...bare, name: UNKNOWN_VALUE, metadata: { a: [UNKNOWN_VALUE] }, data: UNKNOWN_VALUE };
      assert.deepEqual(await check(news), { inputs: news, failures: [] });
    });

    it("reports all failures without naming a property", async () => {
      const news = { name: "github", zoneId: "", data: { type: "token", tokn: VALUE }, descripton: "x" };
      const { failures } = await check(news);
      const argument = /^`([\w.]+)`/;
      assert.deepEqual(
        failures.map(({ property, reason }) => [property, argument.exec(reason)?.[1]]),
        [
          ["", "descripton"],
          ["", "zoneId"],
          ["", "entityId"],
          ["", "data"],
          ["", "data.token"],
        ],
      );
      assert.ok(!JSON.stringify(failures).includes(VALUE));
    });

    it("neither changes nor returns its own argument", async () => {
      const news: Record<string, unknown> = sent({ ...full, description: "" });
      const result = await provider.check(frozen({}), news);
      assert.ok(!Object.isFrozen(result.inputs), "the SDK adds the loader text to it");
    });
  });

  describe("diff", () => {
    beforeEach(() => start());

    const state: SecretState = {
      ...full,
      type: "token",
      version: 3,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-02T00:00:00.000Z",
    };

    it("finds no change between a state and its arguments", async () => {
      assert.deepEqual(await diff(state, full), { changes: false });
    });

    it("finds no change in outputs or another loader text", async () => {
      const olds: SecretState = { ...state, type: "password", version: 9, createdAt: "x", updatedAt: "x" };
      const another = { ...olds, __provider: "another loader text" };
      assert.deepEqual(await provider.diff("sec_1", another, sent(full)), { changes: false });
    });

    it("finds no change in the order of keys or the form of absent values", async () => {
      const reordered = { data: full.data, metadata: { tags: ["a", { b: null }], team: "release" } };
      assert.deepEqual(await diff(state, { ...reordered, ...full, ...reordered }), { changes: false });
      const { description, metadata, ...nothing } = state;
      assert.deepEqual([description, metadata], [full.description, full.metadata]);
      assert.deepEqual(await diff(nothing, { ...bare, description: "", metadata: {} }), { changes: false });
      assert.deepEqual(await diff({ ...nothing, description: "", metadata: {} }, bare), { changes: false });
    });

    it("finds no change if only adoptId changed", async () => {
      assert.deepEqual(await diff(state, { ...full, adoptId: "sec_1" }), { changes: false });
    });

    it("lets the engine list the changed arguments", async () => {
      const changes = [
        { name: "gitlab" },
        { description: "Weekly" },
        { description: "" },
        { metadata: { team: "other" } },
        { metadata: {} },
        { data: { type: "token", token: "another" } },
        { data: account },
      ];
      for (const change of changes)
        assert.deepEqual(await diff(state, { ...full, ...change }), { replaces: [] });
      assert.deepEqual(await diff(state, bare), { replaces: [] });
    });

    it("replaces a secret for another zone or entity", async () => {
      assert.deepEqual(await diff(state, { ...full, zoneId: "zone_2" }), { replaces: ["zoneId"] });
      assert.deepEqual(await diff(state, { ...full, entityId: "ent_2", name: "gitlab" }), {
        replaces: ["entityId"],
      });
      assert.deepEqual(await diff(state, { ...full, zoneId: "z", entityId: "e" }), {
        replaces: ["zoneId", "entityId"],
      });
    });

    it("treats an unknown value as a change", async () => {
      assert.deepEqual(await diff(state, { ...full, data: UNKNOWN_VALUE }), { replaces: [] });
      assert.deepEqual(await diff(state, { ...full, metadata: { ...full.metadata, team: UNKNOWN_VALUE } }), {
        replaces: [],
      });
      assert.deepEqual(await diff(state, { ...full, entityId: UNKNOWN_VALUE }), { replaces: ["entityId"] });
    });
  });

  describe("a preview", () => {
    beforeEach(() => start());

    it("fails once for wrong settings", async () => {
      const misconfigured = providerWith({
        "keycard:endpoint": "http://example.com",
        "keycard-secrets:concurrency": "-1",
      });
      process.env["KEYCARD_READ_VALUES"] = "nope";
      const { failures } = await check(full, misconfigured);
      assert.deepEqual(failures, [
        {
          property: "",
          reason: "keycard:endpoint uses http, which would send credentials unencrypted. Use https.",
        },
        { property: "", reason: "keycard-secrets:concurrency must be a number above 0, such as 16." },
        { property: "", reason: "KEYCARD_READ_VALUES must be true or false." },
      ]);
      assert.deepEqual((await check(full, misconfigured)).failures, []);
      assert.equal(keycard.requests.length, 0);
    });

    it("needs no network, no credentials and no configuration", async () => {
      const state = await created();
      for (const each of [new SecretProvider(), provider]) {
        assert.deepEqual(await check(full, each), { inputs: full, failures: [] });
        assert.deepEqual(await diff(state, full, each), { changes: false });
      }
      assert.deepEqual([keycard.requests.length, keycard.tokenRequests.length], [0, 0]);
    });
  });
});
