import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import {
  UnconfirmedCreates,
  isUnconfirmedId,
  sinceOf,
  unconfirmedId,
} from "../../provider/secret/run-memory";

describe("the id of an unconfirmed create", () => {
  const since = Date.parse("2026-01-02T03:04:05.678Z");

  it("the id of an unconfirmed create contains the time of its beginning", () => {
    const id = unconfirmedId(since);
    assert.equal(id, "unconfirmed since 2026-01-02T03:04:05.678Z");
    assert.equal(isUnconfirmedId(id), true);
    assert.equal(sinceOf(id), since);
  });

  it("the id of an unconfirmed create can contain an unknown time", () => {
    assert.equal(isUnconfirmedId(unconfirmedId(undefined)), true);
    assert.ok(Number.isNaN(sinceOf(unconfirmedId(undefined))));
  });

  it("the id of an unconfirmed create of release 0.1 is still recognized", () => {
    assert.equal(isUnconfirmedId("unknown since 2026-01-02T03:04:05.678Z"), true);
    assert.equal(sinceOf("unknown since 2026-01-02T03:04:05.678Z"), since);
    assert.ok(Number.isNaN(sinceOf("unknown since ?")));
  });

  it("an id of Keycard is not one of an unconfirmed create", () => {
    for (const id of ["", "sec_1", "since", "unconfirmed"]) assert.equal(isUnconfirmedId(id), false);
  });
});

const URN = "urn:pulumi:dev::p::keycard:Secret::mine";

describe("an unconfirmed create", () => {
  const id = "unconfirmed since 2026-01-02T03:04:05.678Z";
  const since = Date.parse("2026-01-02T03:04:05.678Z");
  const news: SecretInputs = {
    zoneId: "z1",
    entityId: "e1",
    name: "github",
    data: { type: "token", token: "t" },
  };
  let creates: UnconfirmedCreates;
  beforeEach(() => (creates = new UnconfirmedCreates()));

  it("is taken once by the resource that it belongs to", () => {
    creates.note(URN, id, news, news);
    assert.equal(creates.isResolved(id, news), false);
    assert.equal(creates.take(`${URN}-too`), undefined);
    assert.equal(creates.take(URN)?.since, since);
    assert.equal(creates.take(URN), undefined);
    assert.equal(creates.isResolved(id, news), true);
  });

  it("is told apart from another one by its place, its name and its time", () => {
    creates.note(URN, id, news, news);
    creates.take(URN);
    for (const other of [{ zoneId: "z2" }, { entityId: "e2" }, { name: "gitlab" }]) {
      assert.equal(creates.isResolved(id, { ...news, ...other }), false);
    }
    assert.equal(creates.isResolved("unconfirmed since ?", news), false);
  });

  it("is the same whatever a create does not send", () => {
    creates.note(URN, id, { ...news, maxAgeDays: 7 }, { ...news, maxAgeDays: 90 });
    assert.equal(creates.take(URN)?.since, since);
  });

  it("is the same whenever its value was generated", () => {
    const valueOf = (time: string) =>
      ({
        type: "token",
        token: { generated: { length: 20 }, since: time },
      }) as unknown as SecretInputs["data"];
    const [before, now] = ["2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"].map((time) => ({
      ...news,
      data: valueOf(time),
    })) as [SecretInputs, SecretInputs];
    creates.note(URN, id, before, now);
    assert.equal(creates.take(URN)?.since, since);
  });

  it("is the same if an alias has given its resource another URN, and so its initial value another key", () => {
    const dataOf = (key: string) =>
      ({ type: "token", token: { initialValue: { given: key } } }) as unknown as SecretInputs["data"];
    creates.note(URN, id, { ...news, data: dataOf("one") }, { ...news, data: dataOf("two") });
    assert.equal(creates.take(URN)?.since, since);
    creates.note(URN, id, news, { ...news, data: dataOf("two") });
    assert.equal(creates.take(URN), undefined);
  });

  it("is none of what is declared now if that is something else", () => {
    creates.note(URN, id, news, { ...news, name: "gitlab" });
    assert.equal(creates.take(URN), undefined);
    assert.equal(creates.isResolved(id, news), false);
  });

  it("is resolved if `adoptId` names its secret", () => {
    creates.note(URN, id, news, { ...news, adoptId: "s1" });
    assert.equal(creates.isResolved(id, news), true);
  });

  it("is taken in the order in which they were planned, of several alike", () => {
    const [first, second] = ["2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"];
    for (const time of [first, second]) creates.note(URN, `unconfirmed since ${time}`, news, news);
    assert.deepEqual(
      [creates.take(URN)?.since, creates.take(URN)?.since],
      [Date.parse(first), Date.parse(second)],
    );
  });
});
