import assert from "node:assert/strict";
import type { Call } from "../../../provider/keycard/http/errors";
import { errorOf, exchangeWith, startPlainServer, timeOf, type PlainServer } from "../support";

const CALL: Call = {
  action: "list the secrets",
  method: "GET",
  path: "/zones/z1/secrets",
  requestId: "11111111-2222-4333-8444-555555555555",
  attempt: 1,
  hidden: [],
};
const MB = 1024 * 1024;

describe("a large answer", () => {
  let server: PlainServer;
  afterEach(() => server.close());

  /** A server that answers a JSON string of so many bytes. */
  async function start(bytes: number, status = 200): Promise<void> {
    const body = Buffer.alloc(bytes, "x");
    body[0] = body[bytes - 1] = '"'.charCodeAt(0);
    server = await startPlainServer((_request, response) => response.writeHead(status).end(body));
  }

  it("an answer of 64 MB is read", async () => {
    await start(64 * MB);
    const { body } = await exchangeWith(server.url).send(CALL, timeOf(30_000));
    assert.equal((body as string).length, 64 * MB - 2);
  });

  for (const status of [200, 500]) {
    it(`a longer answer with the status ${status} is not read, and its result is unknown`, async () => {
      await start(64 * MB + 1, status);
      const { keycard } = await errorOf(exchangeWith(server.url).send(CALL, timeOf(30_000)));
      assert.deepEqual(
        [keycard.event, keycard.status, keycard.outcome, keycard.isUnreadable],
        [`answered ${status} with a body of more than 64 MB`, status, "unknown", true],
      );
    });
  }
});
