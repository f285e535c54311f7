import assert from "node:assert/strict";
import sinon from "sinon";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import type { SecretInputs } from "../../provider/secret/fields";
import { diffSecret } from "../../provider/secret/provider";
import { RunMemory } from "../../provider/secret/run-memory";
import { type SecretState, decodeState } from "../../provider/secret/state";

const ARGS: SecretInputs = {
  zoneId: "z1",
  entityId: "e1",
  name: "github",
  data: { type: "token", token: "t" },
};
const STATE: SecretState = {
  ...ARGS,
  type: "token",
  version: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

describe("what a change of a secret costs", () => {
  let run: RunMemory;
  let warnings: [string, string][];
  let lines: string[];
  let plan: { olds: Partial<SecretInputs> } | undefined;

  beforeEach(() => {
    sinon.useFakeTimers(Date.parse("2026-01-11T00:00:00.000Z"));
    warnings = [];
    plan = undefined;
    lines = [];
    const show = (line: string) => void lines.push(line);
    run = new RunMemory(assert.fail, (line, urn) => void warnings.push([line, urn]), undefined, { show });
  });
  afterEach(() => sinon.restore());

  const urn = "urn:pulumi:dev::p::keycard:Secret::mine";
  const check = (news: SecretInputs, olds: Partial<SecretInputs> = ARGS) => {
    plan = { olds };
    run.ownership.check({ urn }, olds, news);
  };
  const diff = async (news: Partial<SecretInputs>, olds: object = STATE, id = "s1", of = urn) => {
    const args = { ...ARGS, ...news };
    const { changes, replaces } = await diffSecret(
      run,
      { urn: of },
      id,
      decodeState(olds as SecretState),
      args,
      plan,
    );
    return changes === false ? { changes } : { replaces, ...(changes && { changes }) };
  };

  describe("that has no confirmed create", () => {
    const id = "unconfirmed since 2026-01-02T03:04:05.678Z";

    it("is a replacement, which looks for the secret before it creates one", async () => {
      assert.deepEqual(await diff({}, STATE, id), { changes: true, replaces: ["entityId"] });
      assert.equal(run.unconfirmed.take(urn)?.since, Date.parse("2026-01-02T03:04:05.678Z"));
      assert.ok(!run.claimed.has(id), "no secret of Keycard's has this id");
    });
  });

  it("is noted as one that this run manages", async () => {
    await diff({});
    assert.ok(run.claimed.has("s1"));
  });

  it("is an update that sends nothing if only its age limit changes", async () => {
    assert.deepEqual(await diff({ maxAgeDays: 90 }), { replaces: [] });
    assert.deepEqual(await diff({ maxAgeDays: 90, name: "gitlab" }), { replaces: [] });
  });

  it("is none if Keycard keeps the declared name in another form", async () => {
    const olds = { ...STATE, name: "GITHUB", __asDeclared: { name: "github" } };
    assert.deepEqual(await diff({}, olds), { changes: false });
  });

  describe("that only the outputs show, because the inputs in the state are already the declared ones,", () => {
    it("is an update of its own", async () => {
      for (const olds of [{ description: "Old" }, { maxAgeDays: 90 }, { name: "old", metadata: { a: 1 } }]) {
        check(ARGS);
        assert.deepEqual(await diff({}, { ...STATE, ...olds }), { changes: true, replaces: [] });
      }
    });

    it("is a replacement of its own", async () => {
      check(ARGS);
      const replaces = ["entityId"];
      assert.deepEqual(await diff({}, { ...STATE, entityId: "e2" }), { changes: true, replaces });
    });

    it("is listed by the engine together with another change", async () => {
      const news = { ...ARGS, name: "gitlab" };
      check(news);
      assert.deepEqual(await diff(news, { ...STATE, description: "Old" }), { replaces: [] });
    });

    it("is shown by the engine if a refresh finds it", async () => {
      assert.deepEqual(await diff({}, { ...STATE, description: "Old" }), { replaces: [] });
    });
  });

  describe("whose value is generated", () => {
    const dataOf = (value: object) => ({ type: "token", token: value }) as unknown as SecretInputs["data"];
    const options = { length: 20, rotateAfterDays: 9 };
    const since = "2026-01-01T00:00:00.000Z";
    const old = dataOf({ generated: options, since, fingerprint: "f" });

    it("is an update of its own if the value is due, which the engine cannot see", async () => {
      const news = { ...ARGS, data: dataOf({ generated: options }) };
      check(news, { ...ARGS, data: old });
      assert.deepEqual(await diff(news, { ...STATE, data: old }), { changes: true, replaces: [] });
      const line = "A new value is generated for mine, because it is older than 9 days (rotateAfterDays).";
      assert.deepEqual(lines, [line]);
      check({ ...news, entityId: "e2" }, { ...ARGS, data: old });
      assert.deepEqual(await diff({ ...news, entityId: "e2" }, { ...STATE, data: old }), {
        replaces: ["entityId"],
      });
      assert.deepEqual(lines, [line], "a new secret needs no reason for a new value");
    });

    it("is no drift if the value is due when a refresh asks", async () => {
      const news = { data: dataOf({ generated: options }) };
      assert.deepEqual(await diff(news, { ...STATE, data: old }), { changes: false });
      assert.deepEqual(lines, []);
    });

    it("is an update of its own if somebody else has set the value, which only the outputs tell", async () => {
      const stale = dataOf({ generated: options, fingerprint: "theirs" });
      const news = { ...ARGS, data: old };
      check(news, news);
      assert.deepEqual(await diff(news, { ...STATE, data: stale }), { changes: true, replaces: [] });
      check(news, { ...ARGS, data: stale });
      assert.deepEqual(await diff(news, { ...STATE, data: stale }), { replaces: [] });
      check({ ...news, name: "other" }, { ...news, name: "github" });
      assert.deepEqual(await diff({ ...news, name: "other" }, { ...STATE, data: old }), { replaces: [] });
    });
  });

  describe("of which the state does not tell the place", () => {
    const { entityId, ...placeless } = STATE;

    it("is an update, which completes the state", async () => {
      assert.equal(entityId, "e1");
      assert.deepEqual(await diff({}, placeless), { changes: true, replaces: [] });
      check(ARGS);
      assert.deepEqual(await diff({}, { ...STATE, zoneId: "", entityId: "" }), {
        changes: true,
        replaces: [],
      });
    });

    it("is refused for a replacement, with every gap", async () => {
      const news = { ...ARGS, entityId: "e2", zoneId: "z2" };
      check(news);
      await assert.rejects(diff(news, { ...STATE, zoneId: "", entityId: "" }), {
        message:
          "The state of the secret s1 has no `zoneId` and no `entityId`, so the secret cannot be replaced. " +
          "Declare its present zone and entity and run `pulumi up`, which completes the state. Then replace it.",
      });
    });
  });

  describe("that two resources manage", () => {
    const others = { ...ARGS, name: "gitlab" };
    beforeEach(async () => {
      run.ownership.check({ urn: `${urn}-too` }, others, others);
      plan = { olds: others };
      await diff(others, { ...STATE, name: "gitlab" }, "s1", `${urn}-too`);
    });

    it("is refused if neither is replaced", async () => {
      check(ARGS);
      await assert.rejects(diff({}), /^Error: `mine-too` and `mine` both manage the secret s1\./);
    });

    it("is allowed if this one leaves it for another", async () => {
      check({ ...ARGS, entityId: "e2" });
      assert.deepEqual(await diff({ entityId: "e2" }), { replaces: ["entityId"] });
    });
  });

  describe("that would be deleted with what it depends on", () => {
    const lost = { adoptId: "s1", entityId: UNKNOWN_VALUE };

    it("is refused if it could not be adopted again", async () => {
      const message =
        "The secret s1 would be deleted together with a resource that it depends on, and `adoptId` could not adopt it " +
        "again. Remove `adoptId` and run `pulumi up` before you replace that resource.";
      await assert.rejects(diff(lost), { message });
      await assert.rejects(diff({ adoptId: "s1", zoneId: UNKNOWN_VALUE }), { message });
    });

    it("is replaced if no `adoptId` names it", async () => {
      assert.deepEqual(await diff({ ...lost, adoptId: "s2" }), { replaces: ["entityId"] });
    });

    it("is replaced if its program has declared it, or its new place is known", async () => {
      check({ ...ARGS, ...lost });
      assert.deepEqual(await diff(lost), { replaces: ["entityId"] });
      assert.deepEqual(await diff({ adoptId: "s1", entityId: "e2" }), { replaces: ["entityId"] });
    });
  });

  describe("that the option `hideDiffs` hides", () => {
    beforeEach(() => run.hidden.set(urn, ["data", "description"]));
    const line = (what: string) =>
      `The change of ${what} of mine is not shown, because the option \`hideDiffs\` names it. \`pulumi preview --json\` lists it.`;

    it("is told once, with what it covers", async () => {
      const changed = {
        name: "gitlab",
        description: "Other",
        data: { type: "token", token: "new" },
      } as const;
      for (let diffs = 0; diffs < 2; diffs++) {
        check({ ...ARGS, ...changed });
        await diff(changed);
      }
      assert.deepEqual(warnings, [[line("`description` and `data`"), urn]]);
    });

    it("is told of a replacement, too, and of no argument that is shown or the same", async () => {
      await diff({ name: "gitlab" });
      await diff({});
      await diff({ entityId: "e2" });
      assert.deepEqual(warnings, []);
      await diff({ entityId: "e2", description: "Other" });
      assert.deepEqual(warnings, [[line("`description`"), urn]]);
    });
  });

  describe("whose value is too old", () => {
    const warning = (name: string) =>
      `The value of ${name} is 10 days old (maxAgeDays: 7). Set a new value, or raise \`maxAgeDays\`.`;

    it("is told once, by the name in the program", async () => {
      const news = { ...ARGS, maxAgeDays: 7 };
      for (let diffs = 0; diffs < 2; diffs++) {
        check(news);
        await diff(news);
      }
      assert.deepEqual(warnings, [[warning("mine"), urn]]);
    });

    it("is told of each secret, by its id if its name is not known", async () => {
      await diff({ maxAgeDays: 7 }, STATE, "s1", "one");
      await diff({ maxAgeDays: 7 }, STATE, "s2", "two");
      assert.deepEqual(warnings, [
        [warning("the secret s1"), "one"],
        [warning("the secret s2"), "two"],
      ]);
    });

    it("is not told of a value that this run replaces", async () => {
      await diff({ maxAgeDays: 7, data: { type: "token", token: "new" } });
      await diff({ maxAgeDays: 7, entityId: "e2" });
      assert.deepEqual(warnings, []);
    });
  });
});

describe("what a run remembers", () => {
  it("is the names that the stack manages, by zone", () => {
    const { names } = new RunMemory(assert.fail, assert.fail);
    names.note("one", {}, { zoneId: "z1", name: "github" });
    names.note("two", {}, { zoneId: "z2" });
    assert.ok(names.ownersOf(ARGS).isOwnName);
    assert.ok(!names.ownersOf({ ...ARGS, zoneId: "z2" }).isOwnName);
    assert.ok(!names.ownersOf({ ...ARGS, name: "gitlab" }).isOwnName);
  });
});
