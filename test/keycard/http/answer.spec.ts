import type { AxiosResponse } from "axios";
import assert from "node:assert/strict";
import { readAnswer } from "../../../provider/keycard/http/answer";
import type { Call, KeycardError } from "../../../provider/keycard/http/errors";

const CALL: Call = {
  action: "read the secret",
  method: "GET",
  path: "/x",
  requestId: "r1",
  attempt: 1,
  hidden: ["planted-value"],
};

describe("an answer of the service", () => {
  const read = (status: number, data: string, headers: object = {}) =>
    readAnswer(CALL, { status, data, headers } as AxiosResponse<string>, ["planted-proxy"]);
  const refusal = (status: number, data = "{}", headers: object = {}): KeycardError => {
    try {
      read(status, data, headers);
    } catch (error) {
      return error as KeycardError;
    }
    return assert.fail("it was read");
  };

  it("a success may have no body, or one of white space", () => {
    assert.deepEqual(read(204, ""), { status: 204, body: undefined });
    assert.deepEqual(read(200, " \n"), { status: 200, body: undefined });
    assert.deepEqual(read(299, '{"a":1}'), { status: 299, body: { a: 1 } });
  });

  it("a redirection is no success, and one to a result leaves open what was done", () => {
    assert.deepEqual(
      [refusal(300), refusal(302)].map(({ keycard }) => keycard.outcome),
      ["refused", "refused"],
    );
    for (const status of [303, 408, 500, 503]) assert.equal(refusal(status).keycard.outcome, "unknown");
  });

  it("a 404 with a page instead of JSON is not Keycard's, which only the remedy of such a page tells", () => {
    const page = refusal(404, "<html>planted</html>");
    assert.equal(page.keycard.outcome, "unknown");
    assert.match(
      page.message,
      /answered 404 with .* not JSON.*endpoint is probably not the address of Keycard/,
    );
    const { keycard, message } = refusal(404);
    assert.deepEqual([keycard.outcome, keycard.remedy], ["refused", undefined]);
    assert.doesNotMatch(message, /not JSON/);
    assert.equal(refusal(403, "<html>").keycard.outcome, "refused");
  });

  it("a refusal quotes the service without any known value", () => {
    const body = { message: "no planted-value, no planted-proxy", code: "E1" };
    const { message } = refusal(400, JSON.stringify(body));
    assert.match(message, /answered 400, saying "no .*, no .*" \(code E1\) \(request r1\)/);
    assert.doesNotMatch(message, /planted/);
    for (const odd of ["null", "[]", "5", '{"message":5,"code":null}']) {
      assert.match(refusal(400, odd).message, /answered 400 \(request r1\)/);
    }
  });

  it("a refusal has the ID that the service gave the request, if it is one and another one", () => {
    const idsOf = (body: object) => /\(request .*?\)/.exec(refusal(400, JSON.stringify(body)).message)?.[0];
    assert.equal(idsOf({ request_id: "req_1" }), "(request r1, at Keycard req_1)");
    assert.equal(idsOf({ error: "invalid_client", requestId: "5f-6" }), "(request r1, at Keycard 5f-6)");
    for (const request_id of ["r1", "", "two words", "planted-value", 5, null, "x".repeat(200)]) {
      assert.equal(idsOf({ request_id }), "(request r1)");
    }
  });

  it("a refusal quotes details once, and of an object only the place and the reason", () => {
    const saidFor = (details: unknown) =>
      /answered 400(.*) \(request/.exec(
        refusal(400, JSON.stringify({ message: "Bad name", details })).message,
      )?.[1];
    assert.equal(
      saidFor(["is too long", "Bad name", "is too long"]),
      ', saying "Bad name", with the details "is too long"',
    );
    const objects = [
      { field: "data.token", message: "is too short", value: "planted-part", input: { token: "planted" } },
      { reason: "no planted-value in it", got: "planted" },
      { value: "planted" },
      ["nested", { path: ["a"], detail: "without a place" }],
    ];
    const said = saidFor(objects);
    assert.match(
      said ?? "",
      /details "data\.token: is too short; no \[redacted\] in it; nested; without a place"$/,
    );
    assert.equal(
      saidFor({ field: "name", message: "is taken" }),
      ', saying "Bad name", with the details "name: is taken"',
    );
    for (const odd of [undefined, null, 5, [], {}, [[]], [null]])
      assert.equal(saidFor(odd), ', saying "Bad name"');
    assert.ok((saidFor("x".repeat(400)) ?? "").length < 350);
    assert.ok(
      (saidFor(Array.from({ length: 50 }, (_, index) => `detail ${index} is long`)) ?? "").length < 350,
    );
  });

  it("the token endpoint's error is that of OAuth", () => {
    const { message } = refusal(
      401,
      JSON.stringify({ error: "invalid_client", error_description: "No planted-value" }),
    );
    assert.match(message, /answered 401, saying "No \[redacted\]" \(code invalid_client\) \(request r1\)/);
  });

  it("only a text can tell how long to wait", () => {
    assert.equal(refusal(429, "{}", { "retry-after": "5" }).keycard.retryAfterMs, 5_000);
    assert.ok(!("retryAfterMs" in refusal(429).keycard));
    assert.ok(!("retryAfterMs" in refusal(429, "{}", { "retry-after": ["5"] }).keycard));
  });
});
