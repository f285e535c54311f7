import assert from "node:assert/strict";
import type { Sent } from "../emulator";
import { assertShowsNone, dataOf, options } from "./support/leaks";
import { KINDS, refusal, repeater, success, type Kind } from "./support/repeating-failures";
import type { RunResult } from "./support/run-result";
import { openScene, type Scene } from "./support/scene";

describe("no planted value is shown where a token is asked for and there comes", () => {
  const FINAL = "a 429 that stays";
  const kinds: Record<string, Kind> = {
    "a 404": refusal(404),
    "a 503 that stays": refusal(503),
    "a page with status 200": KINDS["a page with status 200"] ?? assert.fail(),
    "half an answer": KINDS["half an answer"] ?? assert.fail(),
    "foreign JSON": {
      ...success((text) => ({ token: text }), /answered 200 with a body without an access token/),
    },
    "a redirect": KINDS["a redirect"] ?? assert.fail(),
    "a time-out": KINDS["a time-out"] ?? assert.fail(),
    "a lost connection": KINDS["a lost connection"] ?? assert.fail(),
    // Last, because a rate limit holds back all calls.
    [FINAL]: refusal(429),
  };
  const runs: (RunResult & { error: string })[] = [];
  let scene: Scene;

  before(async () => {
    scene = await openScene(options(1, 10));
    const names = Object.keys(kinds);
    const declared = names.map((name, i) => [name, { entityId: "ent_1", data: dataOf(i) }] as const);
    scene.declare(Object.fromEntries(declared));
    const path = /token$/;
    // The creates request a token one after another, each with its own request ID.
    const ids: string[] = [];
    const turnOf = ({ headers }: Sent) => {
      const id = String(headers["x-client-request-id"]);
      return (ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1) + 1;
    };
    for (const [i, kind] of Object.values(kinds).entries()) {
      const only = (sent: Sent) => turnOf(sent) === i + 1;
      scene.keycard.faults.add({ path, only, times: Infinity, kind: kind.fault(repeater(i, [])) });
    }
    runs.push(await scene.stack.upFails({ parallel: 1, continueOnError: true }));
    scene.keycard.faults.clear();
    await scene.stack.up();
    const kind = refusal(401).fault(repeater(5, []));
    scene.keycard.faults.add({ path, times: Infinity, kind });
    runs.push(await scene.stack.destroyFails({ continueOnError: true }));
  });
  after(() => scene.close());

  const lines = (run: number) =>
    (runs[run]?.error ?? "")
      .split("\n")
      .filter((line) => /Could not get an access token|there was no access token yet/.test(line));

  for (const [name, { says }] of Object.entries(kinds)) {
    it(name, () => {
      const line = lines(0).find((line) => line.includes("error: ") && says.test(line));
      assert.ok(line, `${lines(0).join("\n")} has no ${says}`);
    });
  }

  it("no planted value is shown after a 401 to a delete", () => {
    const [first = ""] = lines(1);
    assert.match(
      first,
      /answered 401, saying ".*\[redacted\].*Keycard rejected the client id from KEYCARD_CLIENT_ID/,
    );
  });

  it("no planted value was printed, logged or stored", () => assertShowsNone(scene, runs));
});
