import assert from "node:assert/strict";
import type { Call } from "../../../provider/keycard/http/errors";
import { startKeycard, type FaultKind, type Keycard } from "../../emulator";
import { exchangeWith, timeOf } from "../support";

const CALL: Call = {
  action: "update the secret",
  method: "PATCH",
  path: "/zones/z1/secrets/s1",
  body: { name: "planted-name" },
  headers: { Authorization: "Bearer emulator-access-token" },
  requestId: "11111111-2222-4333-8444-555555555555",
  attempt: 3,
  hidden: [],
};

describe("the log of requests", () => {
  let keycard: Keycard;
  beforeEach(async () => {
    keycard = await startKeycard();
    keycard.put({ id: "s1", zone_id: "z1", description: "planted-description" });
  });
  afterEach(() => keycard.close());

  /** The lines about a request, with the milliseconds replaced. */
  async function linesOf(call: Call, limitMs = 5_000): Promise<string[]> {
    const lines: string[] = [];
    const exchange = exchangeWith(keycard.url, { log: (line) => lines.push(line) });
    await exchange.send(call, timeOf(limitMs)).catch(() => undefined);
    for (const line of lines) assert.doesNotMatch(line, /planted|Bearer|emulator-access-token/);
    return lines.map((line) => line.replace(/ \d+ ms /, " N ms "));
  }

  const line = (status: string) => [
    `keycard: PATCH /zones/z1/secrets/s1 ${status} N ms request 11111111-2222-4333-8444-555555555555 attempt 3`,
  ];

  it("a line has the status of the answer, the time, the request id and the attempt", async () => {
    assert.deepEqual(await linesOf(CALL), line("200"));
  });

  it("a line has the status of an answer that is an error", async () => {
    keycard.faults.add({ kind: { status: 422, body: { message: "planted" } } });
    assert.deepEqual(await linesOf(CALL), line("422"));
  });

  it("a line has no query", async () => {
    const call: Call = {
      ...CALL,
      body: undefined,
      method: "GET",
      path: "/zones/z1/secrets",
      query: { entity_id: "planted" },
    };
    assert.match((await linesOf(call)).join(), /^keycard: GET \/zones\/z1\/secrets 200 N ms /);
  });

  const unanswered: [what: string, kind: FaultKind, limitMs: number, status: string][] = [
    ["a connection was lost", { drop: "before" }, 5_000, "no answer (ECONNRESET)"],
    ["a request timed out", { endless: "nothing" }, 100, "no answer (timed out)"],
  ];
  for (const [what, kind, limitMs, status] of unanswered) {
    it(`a line tells that ${what}`, async () => {
      keycard.faults.add({ kind });
      assert.deepEqual(await linesOf(CALL, limitMs), line(status));
    });
  }

  it("a line tells how long the request took", async () => {
    keycard.faults.add({ kind: { delayMs: 120 } });
    const lines: string[] = [];
    const exchange = exchangeWith(keycard.url, { log: (line) => lines.push(line) });
    await exchange.send(CALL, timeOf(5_000));
    const ms = Number(/ (\d+) ms /.exec(lines[0] ?? "")?.[1]);
    assert.ok(ms >= 119 && ms < 60_000, lines[0]);
  });
});
