import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { dynamic } from "@pulumi/pulumi";
import type { SecretInputs, SecretState } from "../provider/secret-inputs";
import { provider as sharedProvider, SecretProvider } from "../provider/secret-provider";
import { UNKNOWN_VALUE } from "../provider/unknown-value";
import { startKeycard, type FaultKind, type Keycard, type KeycardOptions, type Switches } from "./emulator";

const ESM_HOOK = ["tsx", "esm"].join("/");
const LOADER = "the loader text";
const VALUE = "planted-value-7f3a";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const bare: SecretInputs = {
  zoneId: "zone_1",
  entityId: "ent_1",
  name: "github",
  data: { type: "token", token: VALUE },
};
const full: SecretInputs = {
  ...bare,
  description: "For releases",
  metadata: { team: "release", tags: ["a", { b: null }] },
};
const account = { type: "password", username: "app", password: VALUE } as const;

const PATH = "/zones/zone_1/secrets";
const SECRET = `${PATH}/sec_1`;
const get = { method: "GET", path: SECRET };
const patch = (body: object) => ({ method: "PATCH", path: SECRET, body });

/** Arguments and states as the engine passes them, with the loader text; nothing may be changed in them. */
const sent = <T extends object>(props: T) => frozen({ ...structuredClone(props), __provider: LOADER });

const check = (news: object, by = provider) =>
  by.check(frozen({}), sent(news)) as Promise<{
    inputs: SecretInputs;
    failures: dynamic.CheckFailure[];
  }>;
const diff = (olds: SecretState, news: object, by = provider) =>
  by.diff("sec_1", sent(olds), sent(news as SecretInputs));
const create = (inputs: SecretInputs, by = provider) =>
  by.create(sent(inputs)) as Promise<{ id: string; outs: SecretState }>;
const read = (props: SecretState | { zoneId: string }, by = provider) =>
  by.read("sec_1", sent(props)) as Promise<{ id: string; props: SecretState; inputs: SecretInputs }>;
const update = (olds: SecretState, news: SecretInputs, by = provider) =>
  by.update("sec_1", sent(olds), sent(news)) as Promise<{ outs: SecretState }>;
const remove = (state: SecretState, by = provider) => by.delete("sec_1", sent(state));

let keycard: Keycard;
let provider: SecretProvider;
let savedEnv: [string, string | undefined][];

const ownVariables = () =>
  Object.entries(process.env).filter(([variable]) => variable.startsWith("KEYCARD_"));

async function start(options: KeycardOptions = {}) {
  keycard = await startKeycard({ ids: "sequential", ...options });
  provider = providerWith({
    "keycard:endpoint": keycard.url,
    "keycard:clientId": keycard.clientId,
    "keycard:clientSecret": keycard.clientSecret,
    "keycard:totalTimeoutSeconds": "0.2",
  });
}

function providerWith(config: Record<string, string>): SecretProvider {
  const made = new SecretProvider();
  void made.configure(requestWith(config));
  return made;
}

function requestWith(config: Record<string, string>): dynamic.ConfigureRequest {
  const get = (key: string) => config[key];
  return { config: { get, require: (key) => get(key) ?? "" } };
}

/** Makes a secret through the provider, and forgets the requests. */
async function created(inputs: SecretInputs = full): Promise<SecretState> {
  const { outs } = await create(inputs);
  keycard.clearLog();
  return outs;
}

function stateNow(): SecretState {
  const stored = keycard.secret("sec_1");
  assert.ok(stored);
  const { zone_id, entity_id, name, description, metadata, data, version, created_at, updated_at } = stored;
  return {
    zoneId: zone_id,
    entityId: entity_id,
    name,
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    data,
    type: data.type,
    version,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

async function failureOf(call: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const error = await call.then(
    () => assert.fail("The call succeeded."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error);
  assert.ok(!`${error.message}${error.stack}`.includes(VALUE), "shows the value");
  assert.ok(!`${error.message}${error.stack}`.includes(keycard.clientSecret), "shows a credential");
  return error as Error & Record<string, unknown>;
}

/** Refuses what the SDK could not pass on, or only as something else. */
function assertPlainJson(value: unknown, path = "result"): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return assert.ok(Number.isFinite(value), path);
  assert.equal(typeof value, "object", `${path} is ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(prototype === (Array.isArray(value) ? Array.prototype : Object.prototype), path);
  assert.ok(!Object.isFrozen(value), `${path} is frozen`);
  for (const [key, child] of Object.entries(value as object)) assertPlainJson(child, `${path}.${key}`);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

describe("the provider", () => {
  // The provider loads its client by `import()`, which the hook that mocha is run with leaves to Node.js.
  before(() => import(ESM_HOOK));

  beforeEach(() => {
    savedEnv = ownVariables();
    for (const [variable] of savedEnv) delete process.env[variable];
  });
  afterEach(async () => {
    for (const [variable] of ownVariables()) delete process.env[variable];
    Object.assign(process.env, Object.fromEntries(savedEnv));
    await keycard.close();
  });

  describe("check", () => {
    beforeEach(() => start());

    it("gives the arguments back without the loader text", async () => {
      assert.deepEqual(await check(full), { inputs: full, failures: [] });
      assert.deepEqual(await check({ ...bare, adoptId: "sec_9" }), {
        inputs: { ...bare, adoptId: "sec_9" },
        failures: [],
      });
    });

    it("leaves out what only says there is none", async () => {
      const news = { ...bare, description: "", metadata: {} };
      assert.deepEqual(await check(news), { inputs: bare, failures: [] });
    });

    it("lets unknown values through as they are", async () => {
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
          ["", "data.token"],
          ["", "data"],
        ],
      );
      assert.ok(!JSON.stringify(failures).includes(VALUE));
    });

    it("neither changes its argument nor gives it back", async () => {
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

    it("finds none between a state and its arguments", async () => {
      assert.deepEqual(await diff(state, full), { changes: false });
    });

    it("finds none in outputs or another loader text", async () => {
      const olds: SecretState = { ...state, type: "password", version: 9, createdAt: "x", updatedAt: "x" };
      const another = { ...olds, __provider: "another loader text" };
      assert.deepEqual(await provider.diff("sec_1", another, sent(full)), { changes: false });
    });

    it("finds none in order or ways of absence", async () => {
      const reordered = { data: full.data, metadata: { tags: ["a", { b: null }], team: "release" } };
      assert.deepEqual(await diff(state, { ...reordered, ...full, ...reordered }), { changes: false });
      const { description, metadata, ...nothing } = state;
      assert.deepEqual([description, metadata], [full.description, full.metadata]);
      assert.deepEqual(await diff(nothing, { ...bare, description: "", metadata: {} }), { changes: false });
      assert.deepEqual(await diff({ ...nothing, description: "", metadata: {} }, bare), { changes: false });
    });

    it("finds none where only an id to adopt changed", async () => {
      assert.deepEqual(await diff(state, { ...full, adoptId: "sec_1" }), { changes: false });
    });

    it("leaves the listing of patches to the engine", async () => {
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

    it("replaces for another zone or another entity", async () => {
      assert.deepEqual(await diff(state, { ...full, zoneId: "zone_2" }), { replaces: ["zoneId"] });
      assert.deepEqual(await diff(state, { ...full, entityId: "ent_2", name: "gitlab" }), {
        replaces: ["entityId"],
      });
      assert.deepEqual(await diff(state, { ...full, zoneId: "z", entityId: "e" }), {
        replaces: ["zoneId", "entityId"],
      });
    });

    it("takes an unknown value for a change", async () => {
      assert.deepEqual(await diff(state, { ...full, data: UNKNOWN_VALUE }), { replaces: [] });
      assert.deepEqual(await diff(state, { ...full, metadata: { ...full.metadata, team: UNKNOWN_VALUE } }), {
        replaces: [],
      });
      assert.deepEqual(await diff(state, { ...full, entityId: UNKNOWN_VALUE }), { replaces: ["entityId"] });
    });
  });

  describe("a preview", () => {
    beforeEach(() => start());

    it("needs neither network nor credentials nor configuration", async () => {
      const state = await created();
      const unconfigured = new SecretProvider();
      const misconfigured = providerWith({
        "keycard:endpoint": "http://example.com",
        "keycard:concurrency": "-1",
      });
      for (const each of [unconfigured, misconfigured, provider]) {
        assert.deepEqual(await check(full, each), { inputs: full, failures: [] });
        assert.deepEqual(await diff(state, full, each), { changes: false });
      }
      assert.deepEqual([keycard.requests.length, keycard.tokenRequests.length], [0, 0]);
    });
  });

  describe("create", () => {
    it("makes one POST of every argument given", async () => {
      await start();
      const { id, outs } = await create(full);
      const { name, description, metadata, data } = full;
      assert.deepEqual(keycard.calls(), [
        { method: "POST", path: PATH, body: { name, description, metadata, data, entity_id: "ent_1" } },
      ]);
      assert.equal(keycard.tokenRequests.length, 1);
      assert.equal(id, "sec_1");
      assert.deepEqual(outs, stateNow());
      assert.deepEqual(outs, {
        ...full,
        type: "token",
        version: 1,
        createdAt: keycard.secret("sec_1")?.created_at,
        updatedAt: keycard.secret("sec_1")?.updated_at,
      });
      assertPlainJson(outs);
    });

    it("sends nothing of what is not declared", async () => {
      await start();
      const { outs } = await create({ ...bare, data: account });
      assert.deepEqual(keycard.calls(), [
        { method: "POST", path: PATH, body: { name: "github", entity_id: "ent_1", data: account } },
      ]);
      assert.deepEqual(Object.keys(outs), [
        "zoneId",
        "entityId",
        "name",
        "data",
        "type",
        "version",
        "createdAt",
        "updatedAt",
      ]);
    });

    for (const clearedAs of ["absent", "null", "empty"] as const) {
      it(`gives plain JSON where none is shown ${clearedAs}`, async () => {
        await start({ switches: { clearedAs } });
        const { outs } = await create(bare);
        assert.deepEqual(outs, stateNow());
        assertPlainJson(outs);
      });
    }

    it("shares no object with what it was given", async () => {
      await start();
      const inputs = sent(full);
      const { outs } = (await provider.create(inputs)) as { outs: SecretState };
      assert.notEqual(outs.data, inputs.data);
      assert.notEqual(outs.metadata, inputs.metadata);
    });

    it("encodes odd ids in every path", async () => {
      await start({ ids: () => "se/c ?ü#1" });
      const inputs = { ...bare, zoneId: "zo/ne ?ü#1" };
      const { id, outs: state } = await create(inputs);
      await provider.read(id, sent(state));
      await provider.update(id, sent(state), sent({ ...inputs, name: "gitlab" }));
      await provider.delete(id, sent(state));
      const one = "/zones/zo%2Fne%20%3F%C3%BC%231/secrets/se%2Fc%20%3F%C3%BC%231";
      assert.deepEqual(keycard.calls(), [
        {
          method: "POST",
          path: "/zones/zo%2Fne%20%3F%C3%BC%231/secrets",
          body: { name: "github", entity_id: "ent_1", data: bare.data },
        },
        { method: "GET", path: one },
        { method: "PATCH", path: one, body: { name: "gitlab" } },
        { method: "DELETE", path: one },
      ]);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("tells the package's version and a request id", async () => {
      await start();
      const { outs } = await create(bare);
      await remove(outs);
      const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, string>;
      const all = [...keycard.requests, ...keycard.tokenRequests];
      const agents = all.map(({ headers }) => headers["user-agent"]);
      assert.deepEqual(new Set(agents), new Set([`${name}/${version}`]));
      assert.ok(all.every(({ requestId }) => UUID.test(requestId ?? "")));
      assert.equal(new Set(all.map(({ requestId }) => requestId)).size, 3);
    });

    it("asks once for the token of thirty secrets", async () => {
      await start();
      const names = Array.from({ length: 30 }, (_, index) => `secret-${index}`);
      const results = await Promise.all(names.map((name) => create({ ...bare, name })));
      assert.equal(new Set(results.map(({ id }) => id)).size, 30);
      assert.deepEqual([keycard.requests.length, keycard.tokenRequests.length], [30, 1]);
    });

    it("leaves nothing half-made where Keycard refuses", async () => {
      await start();
      keycard.faults.add({ kind: { status: 400, body: { message: `not ${VALUE}` } } });
      const error = await failureOf(create(full));
      assert.match(error.message, /^Could not create the secret: POST \/zones\/zone_1\/secrets answered 400/);
      assert.deepEqual(
        [error["id"], error["properties"], error["reasons"]],
        [undefined, undefined, undefined],
      );
      assert.deepEqual(keycard.secrets(), []);
    });
  });

  describe("update", () => {
    const CHANGES: [string, Partial<SecretInputs>][] = [
      ["the name", { name: "gitlab" }],
      ["the description", { description: "Weekly" }],
      ["the metadata", { metadata: { team: "release" } }],
      ["the value", { data: { type: "token", token: "another-value" } }],
      ["the type of data", { data: account }],
      ["a cleared description", { description: "" }],
      ["cleared metadata", { metadata: {} }],
      ["a name with a description", { name: "gitlab", description: "Weekly" }],
      ["metadata with a value", { metadata: {}, data: { type: "token", token: "another-value" } }],
      ["everything", { name: "gitlab", description: "", metadata: { a: 1 }, data: account }],
    ];
    for (const [what, change] of CHANGES) {
      it(`makes one PATCH of exactly ${what}`, async () => {
        await start();
        const olds = await created();
        const { outs } = await update(olds, { ...full, ...change });
        assert.deepEqual(keycard.calls(), [patch(change)]);
        assert.equal(keycard.tokenRequests.length, 0);
        assert.deepEqual(outs, stateNow());
        assert.equal(outs.version, 2);
        assertPlainJson(outs);
        const checked = await check({ ...full, ...change });
        assert.deepEqual(await diff(outs, checked.inputs), { changes: false });
      });
    }

    it("makes no request where nothing is changed", async () => {
      await start();
      const olds = await created();
      const other = providerWith({});
      const metadata = { tags: ["a", { b: null }], team: "release" };
      const { outs } = await update(olds, { ...full, metadata }, other);
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
      assert.deepEqual(outs, olds);
      assertPlainJson(outs);
    });

    it("makes no request for another id to adopt", async () => {
      await start();
      const olds = await created(bare);
      const news = { ...bare, adoptId: "sec_9", description: "", metadata: {} };
      const { outs } = await update(olds, news);
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
      assert.deepEqual(outs, { ...olds, adoptId: "sec_9" });
      assertPlainJson(outs);
    });

    it("gives an output its new value and no other", async () => {
      await start({ switches: { version: "data-only" } });
      const olds = await created();
      const { outs } = await update(olds, { ...full, name: "gitlab" });
      const { updatedAt } = stateNow();
      assert.deepEqual(outs, { ...olds, name: "gitlab", updatedAt });
      assert.notEqual(updatedAt, olds.updatedAt);
    });

    it("throws where the secret is gone, without state", async () => {
      await start();
      const olds = await created();
      keycard.remove("sec_1");
      const error = await failureOf(update(olds, { ...full, name: "gitlab" }));
      assert.match(error.message, /^Could not update the secret: PATCH .* answered 404/);
      assert.deepEqual([error["id"], error["properties"]], [undefined, undefined]);
      assert.deepEqual(keycard.calls(), [patch({ name: "gitlab" })]);
    });

    it("throws where the type may not change, once", async () => {
      await start({ switches: { typeChange: "refused" } });
      const olds = await created();
      const error = await failureOf(update(olds, { ...full, data: account }));
      assert.match(error.message, /answered 400, saying "data.type cannot be changed/);
      assert.deepEqual(keycard.calls(), [patch({ data: account })]);
      assert.deepEqual(keycard.secret("sec_1")?.data, full.data);
    });
  });

  describe("clearing, however Keycard takes it,", () => {
    const metadata = { team: "release", tags: { a: 1, b: 2 } };
    const olds: SecretInputs = { ...bare, description: "For releases", metadata };
    const noDescription = { metadata };
    const noMetadata = { description: "For releases" };
    const lessMetadata = { description: "For releases", metadata: { tags: { a: 1 } } };

    type Case = [string, Partial<Switches>, Partial<SecretInputs>, object[]];
    const CASES: Case[] = [
      ["an empty description", { clearing: "empty" }, noDescription, [{ description: "" }]],
      [
        "a description by null",
        { clearing: "null" },
        noDescription,
        [{ description: "" }, { description: null }],
      ],
      [
        "a description that stayed",
        { clearing: "null-ignoring-empty" },
        noDescription,
        [{ description: "" }, { description: null }],
      ],
      ["empty metadata", { clearing: "empty" }, noMetadata, [{ metadata: {} }]],
      ["metadata by null", { clearing: "null" }, noMetadata, [{ metadata: {} }, { metadata: null }]],
      [
        "metadata that stayed, by its keys",
        { clearing: "empty", metadata: "merge" },
        noMetadata,
        [{ metadata: {} }, { metadata: { team: null, tags: null } }],
      ],
      [
        "metadata that stayed, at every level",
        { clearing: "empty", metadata: "deep-merge" },
        noMetadata,
        [{ metadata: {} }, { metadata: { team: null, tags: null } }],
      ],
      ["some keys of metadata", {}, lessMetadata, [{ metadata: { tags: { a: 1 } } }]],
      [
        "merged keys of metadata",
        { metadata: "merge" },
        { description: "For releases", metadata: { team: "release" } },
        [{ metadata: { team: "release" } }, { metadata: { tags: null } }],
      ],
      [
        "deeply merged keys of metadata",
        { metadata: "deep-merge" },
        lessMetadata,
        [{ metadata: { tags: { a: 1 } } }, { metadata: { team: null, tags: { b: null } } }],
      ],
      [
        "both fields at once",
        { clearing: "null-ignoring-empty" },
        {},
        [
          { description: "", metadata: {} },
          { description: null, metadata: null },
        ],
      ],
    ];
    for (const [what, switches, kept, bodies] of CASES) {
      for (const clearedAs of ["absent", "null", "empty"] as const) {
        it(`is done for ${what}, shown ${clearedAs}`, async () => {
          await start({ switches: { ...switches, clearedAs } });
          const state = await created(olds);
          const news: SecretInputs = { ...bare, ...kept };
          const { outs } = await update(state, news);
          assert.deepEqual(keycard.calls(), bodies.map(patch));
          assert.deepEqual(outs, stateNow());
          const { type, version, createdAt, updatedAt, ...inputs } = outs;
          assert.deepEqual(inputs, news);
          assert.deepEqual([type, version, createdAt < updatedAt], ["token", stateNow().version, true]);
          assertPlainJson(outs);

          const again = await read(outs);
          assert.deepEqual([again.inputs, again.props], [news, outs]);
          assert.deepEqual(await diff(outs, news), { changes: false });
        });
      }
    }

    it("says what Keycard kept, and the true state", async () => {
      await start({ switches: { clearing: "never" } });
      const state = await created(olds);
      const news = { ...bare, name: "gitlab", data: account };
      const error = await failureOf(update(state, news));
      const reason =
        "Keycard updated the secret sec_1 but kept description, metadata.team, metadata.tags, which was to be cleared. " +
        "Clear it in Keycard's console, or declare what it holds.";
      assert.equal(error.message, reason);
      assert.deepEqual(
        { ...error },
        { id: "sec_1", properties: { ...stateNow(), __provider: LOADER }, reasons: [reason] },
      );
      assertPlainJson(error["properties"]);
      assert.deepEqual(stateNow(), {
        ...olds,
        name: "gitlab",
        data: account,
        type: "password",
        version: 3,
        createdAt: state.createdAt,
        updatedAt: stateNow().updatedAt,
      });
      assert.deepEqual(keycard.calls(), [
        patch({ name: "gitlab", description: "", metadata: {}, data: account }),
        patch({ description: null, metadata: null }),
      ]);
    });

    it("says why the corrective PATCH failed as well", async () => {
      await start({ switches: { clearing: "null-ignoring-empty" } });
      const state = await created(olds);
      keycard.faults.add({ method: "PATCH", after: 1, kind: { status: 400, body: { message: "No." } } });
      const error = await failureOf(update(state, { ...olds, description: "" }));
      assert.match(
        error.message,
        /^Keycard updated the secret sec_1 but kept description, which was to be cleared\. Could not update the secret: PATCH .* answered 400, saying "No\."/,
      );
      assert.deepEqual([error["id"], error["reasons"]], ["sec_1", [error.message]]);
      assert.deepEqual(error["properties"], { ...stateNow(), __provider: LOADER });
      assert.deepEqual(keycard.calls(), [patch({ description: "" }), patch({ description: null })]);
    });
  });

  describe("delete", () => {
    beforeEach(() => start());

    it("makes one DELETE and returns nothing", async () => {
      const state = await created();
      assert.equal(await remove(state), undefined);
      assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }]);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("takes a secret that is gone for done", async () => {
      const state = await created();
      keycard.remove("sec_1");
      assert.equal(await remove(state), undefined);
      assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }]);
    });

    const FAILURES: [string, FaultKind][] = [
      ["a lack of rights", { status: 403 }],
      ["a failing service", { status: 500 }],
      ["a web page that says 404", { status: 404, headers: { "content-type": "text/html" }, body: "<html>" }],
    ];
    for (const [what, kind] of FAILURES) {
      it(`never takes ${what} for done`, async () => {
        const state = await created();
        keycard.faults.add({ method: "DELETE", kind, times: 20 });
        await failureOf(remove(state));
        assert.equal(keycard.secrets().length, 1);
      });
    }
  });

  describe("read", () => {
    beforeEach(() => start());

    it("returns state and inputs as they were", async () => {
      const state = await created();
      const result = await read(state);
      assert.deepEqual(result, { id: "sec_1", props: state, inputs: full });
      assert.deepEqual(keycard.calls(), [get]);
      assertPlainJson(result);
    });

    it("gives two results that the SDK may change", async () => {
      const state = await created();
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
      it(`shows a drift of the ${what}, which is healed`, async () => {
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

    it("shows fields that vanished and that appeared", async () => {
      const state = await created();
      keycard.edit("sec_1", { description: undefined, metadata: undefined });
      const vanished = await read(state);
      assert.deepEqual([vanished.inputs, vanished.props], [bare, stateNow()]);
      keycard.edit("sec_1", { description: "For releases", metadata: full.metadata });
      const appeared = await read(vanished.props);
      assert.deepEqual([appeared.inputs, appeared.props], [full, stateNow()]);
    });

    it("takes a confirmed 404 for a deleted secret", async () => {
      const state = await created();
      keycard.remove("sec_1");
      assert.deepEqual(await read(state), { id: "", props: {} });
      assert.deepEqual(keycard.calls(), [get]);
    });

    it("keeps the id to adopt among the inputs", async () => {
      const state = { ...(await created()), adoptId: "sec_1" };
      const result = await read(state);
      assert.deepEqual(result, { id: "sec_1", props: state, inputs: { ...full, adoptId: "sec_1" } });
    });

    it("finds an existing secret by zone and id", async () => {
      keycard.put({ id: "sec_1", name: "shared", description: "By hand", data: account });
      const { id, props, inputs } = await read({ zoneId: "zone_1" });
      assert.deepEqual([id, props], ["sec_1", stateNow()]);
      assert.deepEqual(inputs, { ...bare, name: "shared", description: "By hand", data: account });
    });

    it("throws where a first read finds no secret", async () => {
      const error = await failureOf(read({ zoneId: "zone_1" }));
      assert.equal(error.message, "There is no secret sec_1 in zone zone_1: correct the id or the zone.");
      assert.deepEqual([error["id"], keycard.calls()], [undefined, [get]]);
    });

    it("throws without a request where no zone is known", async () => {
      const error = await failureOf(provider.read("sec_1", {} as { zoneId: string }));
      assert.match(
        error.message,
        /^Could not read the secret sec_1: `zoneId` is missing: set the argument, /,
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
        /answered 404 with a page that is not Keycard's/,
      ],
      ["a broken answer", { body: "truncated" }, /answered 200 with something that is not JSON/],
      [
        "foreign JSON",
        { body: "foreign-json" },
        /answered 200 with something that is not what Keycard documents/,
      ],
      ["a redirect", { redirect: "/elsewhere" }, /answered 307/],
      ["a lost connection", { drop: "before" }, /got no answer/],
    ];
    for (const [what, kind, message] of FAILURES) {
      it(`never takes ${what} for a deleted secret`, async () => {
        const state = await created();
        keycard.faults.add({ method: "GET", kind, times: 20 });
        const error = await failureOf(read(state));
        assert.match(error.message, message);
        assert.deepEqual([error["id"], error["properties"]], [undefined, undefined]);
        assert.equal(keycard.secrets().length, 1);
      });
    }

    it("throws where reading values is not allowed", async () => {
      const state = await created();
      keycard.switches.readValues = "forbidden";
      const error = await failureOf(read(state));
      assert.match(error.message, /answered 403, saying "Reading values is not allowed/);
    });
  });

  describe("credentials", () => {
    beforeEach(() => start());

    it("are missed at the first call, not before", async () => {
      const none = providerWith({ "keycard:endpoint": keycard.url });
      const state = await created();
      const failures = await Promise.all(
        [
          create(full, none),
          read(state, none),
          update(state, { ...full, name: "gitlab" }, none),
          remove(state, none),
        ].map(failureOf),
      );
      const both = ["keycard:clientId", "keycard:clientSecret", "KEYCARD_CLIENT_ID", "KEYCARD_CLIENT_SECRET"];
      for (const { message } of failures) {
        assert.deepEqual(
          both.filter((name) => message.includes(name)),
          both,
        );
      }
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
    });

    it("come from the environment where not configured", async () => {
      process.env["KEYCARD_ENDPOINT"] = keycard.url;
      process.env["KEYCARD_ACCESS_TOKEN"] = keycard.accessToken;
      const { outs } = await create(bare, new SecretProvider());
      assert.deepEqual(outs, stateNow());
      assert.deepEqual(keycard.requests[0]?.headers.authorization, `Bearer ${keycard.accessToken}`);
      assert.equal(keycard.tokenRequests.length, 0);
    });

    it("are read from the configuration before the environment", async () => {
      process.env["KEYCARD_ENDPOINT"] = "http://127.0.0.1:1";
      process.env["KEYCARD_CLIENT_ID"] = "another";
      process.env["KEYCARD_CLIENT_SECRET"] = "another-secret";
      await create(bare);
      assert.equal(keycard.secrets().length, 1);
    });

    it("are looked up anew after another configure", async () => {
      await create(bare);
      await provider.configure(requestWith({ "keycard:endpoint": keycard.url }));
      await assert.rejects(create(bare), /There are no credentials for Keycard/);
    });

    it("never make configuring throw or wait", async () => {
      const wrong = requestWith({ "keycard:endpoint": "no address", "keycard:concurrency": "none" });
      assert.equal(await new SecretProvider().configure(wrong), undefined);
      const late = new SecretProvider();
      void late.configure(
        requestWith({ "keycard:endpoint": keycard.url, "keycard:accessToken": keycard.accessToken }),
      );
      await create(bare, late);
      assert.equal(keycard.secrets().length, 1);
    });
  });

  describe("the provider of the loader text", () => {
    beforeEach(() => start());

    it("is one object with all that engines call", () => {
      assert.ok(sharedProvider instanceof SecretProvider);
      for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"] as const) {
        assert.equal(typeof sharedProvider[method], "function");
      }
    });
  });
});
