import assert from "node:assert/strict";
import {
  failureOf,
  isNotFound,
  keycardError,
  seconds,
  type Failure,
} from "../../../provider/keycard/http/errors";

const FAILURE: Failure = {
  action: "read the secret",
  method: "GET",
  path: "/zones/z1/secrets/s1",
  requestId: "11111111-2222-4333-8444-555555555555",
  status: 503,
  outcome: "unknown",
  event: "answered 503",
};
const messageOf = (facts: Partial<Failure>) => keycardError({ ...FAILURE, ...facts }).message;
const remedyOf = (facts: Partial<Failure>) => messageOf(facts).split("). ")[1];

describe("errors", () => {
  describe("keycardError", () => {
    it("names action, method, path, status, request and remedy", () => {
      assert.equal(
        messageOf({}),
        "Could not read the secret: GET /zones/z1/secrets/s1 answered 503 " +
          "(request 11111111-2222-4333-8444-555555555555). " +
          "Run it again; if it stays, give the request id to Keycard's support.",
      );
    });

    it("tells how often and how long it tried", () => {
      assert.match(messageOf({ tried: { attempts: 3, ms: 1234 } }), /555, tried 3 times in 1\.2 s\)\. /);
    });

    it("says nothing of a single attempt", () => {
      assert.equal(messageOf({ tried: { attempts: 1, ms: 1234 } }), messageOf({}));
    });

    it("carries its facts and nothing else", () => {
      assert.deepEqual(JSON.parse(JSON.stringify(keycardError(FAILURE))), { keycard: FAILURE });
    });

    const remedies: [title: string, facts: Partial<Failure>, remedy: RegExp][] = [
      ["sends to the argument for a 400", { status: 400 }, /correct the argument that it names/],
      ["sends to the argument for a 422", { status: 422 }, /correct the argument that it names/],
      ["sends to zone and id for a 404", { status: 404 }, /Check the zone and the id/],
      [
        "doubts zone and entity for a 404 on create",
        { status: 404, method: "POST" },
        /zone or the entity may be wrong/,
      ],
      ["tells of the other thing for a 409", { status: 409 }, /already holds something/],
      ["asks for patience after a 429", { status: 429 }, /limits the rate/],
      ["doubts the endpoint after a redirect", { status: 302 }, /endpoint is probably not/],
      [
        "sends to the network where nothing arrived",
        { status: 0, outcome: "unreached" },
        /Check the endpoint/,
      ],
      ["sends to support for anything else", { status: 418 }, /give the request id to Keycard's support/],
      ["prefers a remedy that is given", { status: 404, remedy: "Sing." }, /^Sing\.$/],
    ];
    for (const [title, facts, remedy] of remedies) {
      it(title, () => assert.match(remedyOf(facts) ?? "", remedy));
    }
  });

  describe("failureOf", () => {
    it("knows an error of another copy by its brand", () => {
      const foreign = Object.assign(new Error("as another copy builds it"), { keycard: FAILURE });
      assert.equal(failureOf(foreign), FAILURE);
    });

    it("knows nothing of errors of another kind", () => {
      for (const error of [new Error("x"), "x", 7, null, undefined])
        assert.equal(failureOf(error), undefined);
    });
  });

  describe("isNotFound", () => {
    it("takes a 404 of the service for gone", () => {
      assert.equal(isNotFound(keycardError({ ...FAILURE, status: 404, outcome: "refused" })), true);
    });

    it("takes nothing else for gone", () => {
      const others: Partial<Failure>[] = [
        { status: 404, outcome: "unknown" },
        { status: 410, outcome: "refused" },
        { status: 0, outcome: "unreached" },
      ];
      for (const facts of others) assert.equal(isNotFound(keycardError({ ...FAILURE, ...facts })), false);
      assert.equal(isNotFound(Object.assign(new Error("404"), { status: 404 })), false);
    });
  });

  describe("seconds", () => {
    it("writes short times exactly and long ones whole", () => {
      assert.deepEqual([40, 250, 1234, 9_999, 30_000, 61_700].map(seconds), [
        "0 s",
        "0.3 s",
        "1.2 s",
        "10 s",
        "30 s",
        "62 s",
      ]);
    });
  });
});
