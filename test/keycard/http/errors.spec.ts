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
    it("names the action, method, path, status, request and remedy", () => {
      assert.equal(
        messageOf({}),
        "Could not read the secret: GET /zones/z1/secrets/s1 answered 503 " +
          "(request 11111111-2222-4333-8444-555555555555). " +
          "Run it again. If this keeps happening, contact Keycard support with the request ID.",
      );
    });

    it("tells how many attempts there were, and how long they took", () => {
      assert.match(messageOf({ tried: { attempts: 3, ms: 1234 } }), /555, tried 3 times in 1\.2 s\)\. /);
    });

    it("does not mention a single attempt", () => {
      assert.equal(messageOf({ tried: { attempts: 1, ms: 1234 } }), messageOf({}));
    });

    it("has the facts of the failure and nothing else", () => {
      assert.deepEqual(JSON.parse(JSON.stringify(keycardError(FAILURE))), { keycard: FAILURE });
    });

    const remedies: [title: string, facts: Partial<Failure>, remedy: RegExp][] = [
      [
        "names the argument as the remedy for a 400",
        { status: 400 },
        /Fix the argument that its message names/,
      ],
      [
        "names the argument as the remedy for a 422",
        { status: 422 },
        /Fix the argument that its message names/,
      ],
      ["names the two IDs as the remedy for a 404", { status: 404 }, /Check the zone ID and the secret ID\./],
      [
        "names the zone and the entity after a 404 to a create",
        { status: 404, method: "POST" },
        /The zone or the entity was not found/,
      ],
      ["names the conflict for a 409", { status: 409 }, /conflicts with an existing secret/],
      [
        "names the setting to raise after a 429",
        { status: 429 },
        /limits the request rate.*`totalTimeoutSeconds`/,
      ],
      [
        "names the value and the metadata as the remedy for a 413",
        { status: 413, outcome: "refused" },
        /^The request is too large for Keycard, or for a proxy before it\. Shorten the value or the metadata\.$/,
      ],
      ["blames the endpoint for a redirect", { status: 302 }, /endpoint is probably not/],
      ["names the network if nothing arrived", { status: 0, outcome: "unreached" }, /Check the endpoint/],
      [
        "names Keycard support for any other status",
        { status: 418 },
        /contact Keycard support with the request ID/,
      ],
      ["uses the remedy that the failure has, if any", { status: 404, remedy: "Sing." }, /^Sing\.$/],
    ];
    for (const [title, facts, remedy] of remedies) {
      it(title, () => assert.match(remedyOf(facts) ?? "", remedy));
    }
  });

  describe("failureOf", () => {
    it("recognizes an error of another copy of the package by its brand", () => {
      const foreign = Object.assign(new Error("as another copy builds it"), { keycard: FAILURE });
      assert.equal(failureOf(foreign), FAILURE);
    });

    it("returns undefined for errors of another kind", () => {
      for (const error of [new Error("x"), "x", 7, null, undefined])
        assert.equal(failureOf(error), undefined);
    });
  });

  describe("the remedy", () => {
    const again = /\. Run it again\. If this keeps happening, contact Keycard support with the request ID\.$/;
    const remedies: [facts: Partial<Failure>, remedy: RegExp][] = [
      [
        { status: 0, outcome: "unreached" },
        /\. Check the endpoint, the network and the proxy, if you use one\./,
      ],
      [{ status: 0, outcome: "unknown" }, again],
      [{ status: 503, outcome: "unreached" }, again],
      [{ status: 300, outcome: "refused" }, /\. The endpoint is probably not the address of Keycard's API\./],
      [{ status: 399, outcome: "refused" }, /\. The endpoint is probably not the address of Keycard's API\./],
      [
        { status: 407, outcome: "refused" },
        /\. The proxy requires credentials\. Put them into its address in HTTPS/,
      ],
      [{ status: 418, outcome: "refused" }, again],
    ];
    for (const [facts, remedy] of remedies) {
      it(`the remedy for a result that is ${facts.outcome} with the status ${facts.status} fits it`, () => {
        assert.match(keycardError({ ...FAILURE, ...facts }).message, remedy);
      });
    }
  });

  describe("isNotFound", () => {
    it("is true for a 404 of the service", () => {
      assert.equal(isNotFound(keycardError({ ...FAILURE, status: 404, outcome: "refused" })), true);
    });

    it("is false for everything else", () => {
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
    it("formats short times with a decimal and long ones without", () => {
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
