import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import sinon from "sinon";
import { isNotFound, type ClientOptions, type KeycardClient, type NewSecret } from "../../provider/keycard";
import { startKeycard, type FaultKind, type Keycard, type KeycardOptions } from "../emulator";
import { accountOf, assertShowsNone, clientOf, errorOf, formsOf, LIMITS, startPlainServer } from "./support";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SECRETS = "/zones/z1/secrets";
const NEW: NewSecret = { entityId: "e1", name: "n", data: { type: "token", token: "planted-token" } };
const POST = {
  method: "POST",
  path: SECRETS,
  body: { name: "n", data: { type: "token", token: "planted-token" }, entity_id: "e1" },
};
const GET = { method: "GET", path: `${SECRETS}/s1` };
const PATCH = { method: "PATCH", path: `${SECRETS}/s1`, body: { name: "new" } };
const DELETE = { method: "DELETE", path: `${SECRETS}/s1` };

const CALLS = {
  GET: { request: GET, make: (client: KeycardClient) => client.readSecret("z1", "s1") },
  PATCH: { request: PATCH, make: (client: KeycardClient) => client.patchSecret("z1", "s1", { name: "new" }) },
  DELETE: { request: DELETE, make: (client: KeycardClient) => client.deleteSecret("z1", "s1") },
};
const make = { POST: (client: KeycardClient) => client.createSecret("z1", NEW) };

describe("keycard client", () => {
  let keycard: Keycard;
  beforeEach(() => sinon.stub(Math, "random").returns(0));
  afterEach(async () => {
    sinon.restore();
    await keycard.close();
  });

  async function start(options: KeycardOptions = {}, clientOptions: Partial<ClientOptions> = {}) {
    keycard = await startKeycard({ ids: "sequential", ...options });
    keycard.put({ id: "s1", zone_id: "z1", name: "one" });
    return clientOf(keycard, clientOptions);
  }

  async function startWithAccount(options: KeycardOptions = {}) {
    await start(options);
    return clientOf(keycard, { credentials: accountOf(keycard) });
  }

  const statuses = () => keycard.requests.map(({ status }) => status);

  describe("calls", () => {
    it("creates a secret with one POST of its fields", async () => {
      const client = await start();
      const secret = await client.createSecret("z1", { ...NEW, description: "d", metadata: { a: [1] } });
      assert.deepEqual(keycard.calls(), [
        { ...POST, body: { ...POST.body, description: "d", metadata: { a: [1] } } },
      ]);
      const { createdAt, updatedAt, ...rest } = secret;
      assert.deepEqual(rest, {
        id: "sec_1",
        zoneId: "z1",
        entityId: "e1",
        name: "n",
        description: "d",
        metadata: { a: [1] },
        type: "token",
        version: 1,
      });
      assert.equal(createdAt, updatedAt);
    });

    it("reads a secret with its value and type", async () => {
      const client = await start();
      const data = { type: "password", username: "u", password: "p" } as const;
      keycard.edit("s1", { data, version: 7 });
      const { createdAt, updatedAt, ...rest } = await client.readSecret("z1", "s1");
      assert.deepEqual(rest, {
        id: "s1",
        zoneId: "z1",
        entityId: "ent_1",
        name: "one",
        type: "password",
        version: 7,
        data,
      });
      assert.ok(createdAt <= updatedAt);
      assert.deepEqual(keycard.calls(), [GET]);
    });

    it("patches only the fields that are given", async () => {
      const client = await start();
      const { name, version } = await client.patchSecret("z1", "s1", { name: "new" });
      assert.deepEqual([name, version], ["new", 2]);
      assert.deepEqual(keycard.calls(), [PATCH]);
    });

    it("deletes a secret with one DELETE", async () => {
      const client = await start();
      await client.deleteSecret("z1", "s1");
      assert.deepEqual(keycard.calls(), [DELETE]);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("takes a secret that is gone for deleted", async () => {
      const client = await start();
      keycard.remove("s1");
      await client.deleteSecret("z1", "s1");
      assert.deepEqual(statuses(), [404]);
    });

    it("takes no foreign page for a deletion", async () => {
      const client = await start();
      keycard.faults.add({ kind: { status: 404, body: "<html>Not here</html>" } });
      const { message } = await errorOf(client.deleteSecret("z1", "s1"));
      assert.match(message, /answered 404 with a page that is not Keycard's/);
    });

    it("lists secrets by entity and by type", async () => {
      const client = await start();
      keycard.put({ id: "s2", zone_id: "z1", entity_id: "e 2&" });
      const secrets = await client.listSecrets("z1", { entityId: "e 2&", type: "token" });
      assert.deepEqual(
        secrets.map(({ id, type }) => [id, type]),
        [["s2", "token"]],
      );
      assert.deepEqual({ ...keycard.requests[0]?.query }, { entity_id: "e 2&", type: "token" });
    });

    it("lists all pages where there are pages", async () => {
      const client = await start({ switches: { list: "items", pageSize: 2 } });
      for (const id of ["s2", "s3", "s4", "s5"]) keycard.put({ id, zone_id: "z1" });
      const secrets = await client.listSecrets("z1");
      assert.deepEqual(
        secrets.map(({ id }) => id),
        ["s1", "s2", "s3", "s4", "s5"],
      );
      assert.equal(keycard.requests.length, 3);
    });

    it("ends a listing whose pages never end", async () => {
      const client = await start({ switches: { list: "items" } });
      const { data, ...row } = keycard.secret("s1") ?? assert.fail();
      const body = {
        items: [{ ...row, type: data.type }],
        page_info: { has_next_page: true, end_cursor: "c" },
      };
      keycard.faults.add({ kind: { status: 200, body }, times: 50 });
      assert.equal((await client.listSecrets("z1")).length, 1);
      assert.equal(keycard.requests.length, 2);
    });

    it("ignores fields that it does not know", async () => {
      const client = await start();
      const stored = keycard.secret("s1") ?? assert.fail();
      const body = {
        ...stored,
        type: "token",
        owner: "x",
        links: { self: "y" },
        data: { ...stored.data, ttl: 5 },
      };
      keycard.faults.add({ kind: { status: 200, body }, times: 2 });
      const read = await client.readSecret("z1", "s1");
      const patched = await client.patchSecret("z1", "s1", { name: "new" });
      assert.deepEqual(read.data, stored.data);
      assert.deepEqual(
        Object.keys(patched).sort(),
        ["createdAt", "entityId", "id", "name", "type", "updatedAt", "version", "zoneId"].sort(),
      );
    });

    it("takes every way to show nothing for absent", async () => {
      const client = await start();
      for (const clearedAs of ["absent", "null", "empty"] as const) {
        keycard.switches.clearedAs = clearedAs;
        const secret = await client.readSecret("z1", "s1");
        assert.ok(!("description" in secret) && !("metadata" in secret), clearedAs);
      }
    });

    it("refuses answers that lack what is documented", async () => {
      const client = await start();
      const { data, ...stored } = keycard.secret("s1") ?? assert.fail();
      const bodies = [
        { ...stored, data: 7 },
        { ...stored, data, version: 0 },
        { ...stored, data, id: 5 },
        stored,
        [],
        "",
      ];
      for (const body of bodies) {
        const fault = keycard.faults.add({ kind: { status: 200, body }, times: 99 });
        const { message } = await errorOf(client.readSecret("z1", "s1"));
        fault.remove();
        assert.match(message, /answered 200 with something that is not what Keycard documents/);
        assert.match(message, /Check that the endpoint is the address of Keycard's API/);
      }
    });
  });

  describe("requests", () => {
    for (const id of ["", ".", ".."]) {
      it(`refuse "${id}", which would name something else`, async () => {
        const client = await start();
        await assert.rejects(client.deleteSecret("zone_1", id), /cannot be an id/);
        await assert.rejects(client.listSecrets(id), /cannot be an id/);
        assert.deepEqual(keycard.calls(), []);
      });
    }

    it("percent-encode every id in the path", async () => {
      const client = await start();
      const zoneId = "zo/ne ?ü#1";
      keycard.put({ id: "s/1%?#", zone_id: zoneId });
      await client.readSecret(zoneId, "s/1%?#");
      await client.patchSecret(zoneId, "s/1%?#", { name: "n" });
      await client.deleteSecret(zoneId, "s/1%?#");
      await client.createSecret(zoneId, NEW);
      await client.listSecrets(zoneId);
      const path = "/zones/zo%2Fne%20%3F%C3%BC%231/secrets";
      assert.deepEqual(
        keycard.requests.map((request) => [request.method, request.path, request.status]),
        [
          ["GET", `${path}/s%2F1%25%3F%23`, 200],
          ["PATCH", `${path}/s%2F1%25%3F%23`, 200],
          ["DELETE", `${path}/s%2F1%25%3F%23`, 204],
          ["POST", path, 201],
          ["GET", path, 200],
        ],
      );
    });

    it("carry an id for each call and the user agent", async () => {
      const client = await startWithAccount();
      keycard.faults.add({ kind: { status: 503 }, times: 2 });
      await client.readSecret("z1", "s1");
      await client.readSecret("z1", "s1");
      await client.createSecret("z1", NEW);
      const all = [...keycard.tokenRequests, ...keycard.requests];
      const ids = all.map(({ requestId }) => requestId ?? "");
      const [token, first, again, oncemore, second, third] = ids;
      for (const id of ids) assert.match(id, UUID);
      assert.equal(new Set(ids).size, 4);
      assert.deepEqual([again, oncemore], [first, first]);
      assert.equal(new Set([token, first, second, third]).size, 4);
      assert.deepEqual(
        [...new Set(all.map(({ headers }) => headers["user-agent"]))],
        ["pulumi-keycard/1.2.3"],
      );
    });

    it("name in an error the id that was sent", async () => {
      const client = await start();
      const { message, keycard: failure } = await errorOf(client.readSecret("z1", "none"));
      assert.equal(failure.requestId, keycard.requests[0]?.requestId);
      assert.equal(
        message,
        `Could not read the secret: GET ${SECRETS}/none answered 404, saying "Secret not found, not_found" ` +
          `(request ${failure.requestId}). Check the zone and the id.`,
      );
    });

    it("go to an endpoint with a base path", async () => {
      await start();
      const { data, ...stored } = keycard.secret("s1") ?? assert.fail();
      const server = await startPlainServer((request, response) => {
        const isToken = request.url?.endsWith("token") === true;
        response.end(JSON.stringify(isToken ? { access_token: "t" } : { ...stored, data }));
      });
      const credentials = accountOf(keycard);
      await clientOf(keycard, { endpoint: `${server.url}/base`, credentials }).readSecret("z1", "s1");
      assert.deepEqual(
        server.requests.map(({ method, path, headers }) => [
          method,
          path,
          headers.authorization?.split(" ")[0],
        ]),
        [
          ["POST", "/base/service-account-token", "Basic"],
          ["GET", `/base${SECRETS}/s1`, "Bearer"],
        ],
      );
      await server.close();
    });

    it("share a few connections that stay open", async () => {
      const client = await start({}, { concurrency: 4 });
      let sockets = 0;
      const count = () => sockets++;
      subscribe("net.client.socket", count);
      for (let round = 0; round < 3; round++) {
        await Promise.all(Array.from({ length: 10 }, () => client.readSecret("z1", "s1")));
      }
      for (let call = 0; call < 10; call++) await client.readSecret("z1", "s1");
      unsubscribe("net.client.socket", count);
      assert.equal(keycard.requests.length, 40);
      assert.ok(sockets >= 1 && sockets <= 4, `${sockets} sockets`);
    });
  });

  describe("authentication", () => {
    it("uses one token for thirty calls at once", async () => {
      const client = await startWithAccount();
      await Promise.all(Array.from({ length: 30 }, () => client.readSecret("z1", "s1")));
      assert.equal(keycard.tokenRequests.length, 1);
      assert.deepEqual(statuses(), Array(30).fill(200));
    });

    it("uses a ready token without asking for another", async () => {
      const client = await start();
      await client.readSecret("z1", "s1");
      assert.deepEqual(keycard.tokenRequests, []);
      assert.equal(keycard.requests[0]?.headers.authorization, `Bearer ${keycard.accessToken}`);
    });

    it("goes on with a new token after a 401", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      keycard.revokeTokens();
      await client.createSecret("z1", NEW);
      await client.readSecret("z1", "s1");
      assert.deepEqual(keycard.calls(), [GET, POST, POST, GET]);
      assert.deepEqual(statuses(), [200, 401, 201, 200]);
      assert.equal(keycard.tokenRequests.length, 2);
      assert.equal(keycard.requests[1]?.requestId, keycard.requests[2]?.requestId);
    });

    it("asks once for all that met a 401", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      keycard.revokeTokens();
      await Promise.all(Array.from({ length: 30 }, () => client.readSecret("z1", "s1")));
      assert.equal(keycard.tokenRequests.length, 2);
    });

    it("takes a second 401 for an error", async () => {
      const client = await startWithAccount();
      keycard.faults.add({ kind: { revokeToken: true }, times: 9 });
      const { message } = await errorOf(client.patchSecret("z1", "s1", { name: "new" }));
      assert.match(message, /^Could not update the secret: PATCH \/zones\/z1\/secrets\/s1 answered 401/);
      assert.match(message, /Used the test's account: check that it is valid/);
      assert.deepEqual(statuses(), [401, 401]);
      assert.equal(keycard.tokenRequests.length, 2);
    });

    it("takes the first 401 of a ready token for an error", async () => {
      const client = await start();
      keycard.faults.add({ kind: { revokeToken: true } });
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.match(message, /Used the test's token: check that it is valid/);
      assert.deepEqual(statuses(), [401]);
    });

    it("names the credentials that may not do it", async () => {
      const client = await start({ switches: { readValues: "forbidden" } });
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.match(message, /answered 403, .*Used the test's token: .* may manage secrets of this zone\./);
    });

    it("tries refused credentials twice over many calls", async () => {
      await start();
      const credentials = { ...accountOf(keycard), clientSecret: "planted-wrong" };
      const client = clientOf(keycard, { credentials });
      await Promise.all(Array.from({ length: 20 }, () => errorOf(client.readSecret("z1", "s1"))));
      const error = await errorOf(client.createSecret("z1", NEW));
      assert.equal(keycard.tokenRequests.length, 2);
      assert.deepEqual(keycard.requests, []);
      assertShowsNone(error, ["planted-wrong", "planted-token"]);
    });

    it("makes no call while there is no token", async () => {
      const client = await startWithAccount();
      keycard.faults.add({ path: /token$/, kind: { drop: "after" }, times: 10 });
      const error = await errorOf(client.createSecret("z1", NEW));
      assert.equal(error.keycard.outcome, "unreached");
      assert.deepEqual(keycard.requests, []);
      await client.createSecret("z1", NEW);
      assert.deepEqual(keycard.calls(), [POST]);
    });
  });

  describe("a 404 to the request for a token", () => {
    it("is no word about the secret", async () => {
      const client = await startWithAccount();
      for (const body of [{ message: "No such endpoint" }, "", "<html>Not here</html>"]) {
        for (const { make } of Object.values(CALLS)) {
          keycard.faults.add({ path: /token$/, kind: { status: 404, body } });
          const error = await errorOf(make(client));
          assert.equal(isNotFound(error), false);
          assert.match(error.message, /account-token answered 404.*The endpoint is probably not the address/);
        }
      }
      assert.deepEqual(keycard.requests, []);
    });
  });

  describe("repetition", () => {
    const passing: [what: string, kind: FaultKind][] = [
      ...[408, 500, 502, 503, 504].map((status): [string, FaultKind] => [`a ${status}`, { status }]),
      ["a 503 after the work", { status: 503, when: "after" }],
      ["a connection lost before the work", { drop: "before" }],
      ["a connection lost after the work", { drop: "after" }],
      ["a page instead of JSON", { body: "html" }],
      ["half an answer", { body: "truncated" }],
      ["an answer cut off", { body: "cut-off" }],
      ["a time limit", { delayMs: 450 }],
    ];
    const misread: [what: string, kind: FaultKind][] = [
      ["an empty answer", { body: "empty" }],
      ["foreign JSON", { body: "foreign-json" }],
    ];
    const notDone: [what: string, kind: FaultKind][] = [
      ["a 429", { status: 429 }],
      ["a 425", { status: 425 }],
    ];
    const limitsFor = (kind: FaultKind) => ({ ...LIMITS, ...("delayMs" in kind && { attemptMs: 300 }) });

    for (const { request, make } of Object.values(CALLS)) {
      it(`tries ${request.method} again after failures that may pass`, async () => {
        const onlyRead = request.method === "DELETE" ? [] : misread;
        for (const [what, kind] of [...passing, ...onlyRead, ...notDone]) {
          const client = await start({}, { limits: limitsFor(kind) });
          keycard.faults.add({ kind });
          await make(client);
          assert.deepEqual(keycard.calls(), [request, request], what);
          await keycard.close();
        }
      });
    }

    it("never repeats a POST after an ambiguous failure", async () => {
      for (const [what, kind] of [...passing, ...misread]) {
        const client = await start({}, { limits: limitsFor(kind) });
        keycard.faults.add({ kind });
        const error = await errorOf(make.POST(client));
        assert.equal(error.keycard.outcome, "unknown", what);
        assert.deepEqual(keycard.calls(), [POST], what);
        assertShowsNone(error, ["planted-token"]);
        await keycard.close();
      }
    });

    it("repeats a POST that was certainly not done", async () => {
      for (const [what, kind] of notDone) {
        const client = await start();
        keycard.faults.add({ kind });
        await make.POST(client);
        assert.deepEqual(keycard.calls(), [POST, POST], what);
        assert.equal(keycard.secrets().length, 2);
        await keycard.close();
      }
    });

    it("repeats a POST after a refused connection", async () => {
      sinon.restore();
      const client = await start();
      const port = Number(new URL(keycard.url).port);
      await keycard.close();
      const creation = client.createSecret("z1", NEW);
      await new Promise((resolve) => setTimeout(resolve, 20));
      keycard = await startKeycard({ port });
      await creation;
      assert.deepEqual(keycard.calls(), [POST]);
    });

    it("takes a deletion whose answer was lost as done", async () => {
      const client = await start();
      keycard.faults.add({ kind: { drop: "after" } });
      await client.deleteSecret("z1", "s1");
      assert.deepEqual(statuses(), ["dropped", 404]);
    });

    it("repeats nothing that Keycard refused", async () => {
      for (const status of [301, 400, 403, 409, 422, 501]) {
        const client = await start();
        keycard.faults.add({ kind: { status } });
        const error = await errorOf(client.patchSecret("z1", "s1", { name: "new" }));
        assert.equal(error.keycard.status, status);
        assert.deepEqual(keycard.calls(), [PATCH]);
        await keycard.close();
      }
    });

    it("does not follow a redirect to another host", async () => {
      const client = await start();
      const elsewhere = await startPlainServer((_request, response) => response.end("{}"));
      for (const status of [301, 302, 303, 307, 308]) {
        keycard.faults.add({ kind: { redirect: elsewhere.url, status } });
        const { message } = await errorOf(client.createSecret("z1", NEW));
        assert.match(message, new RegExp(`answered ${status} \\(.*The endpoint is probably not the address`));
      }
      assert.deepEqual(elsewhere.requests, []);
      await elsewhere.close();
    });

    it("ends with the time of the whole call", async () => {
      const client = await start({}, { limits: { attemptMs: 100, totalMs: 350 } });
      keycard.faults.add({ kind: { delayMs: 5_000 }, times: 99 });
      const begun = Date.now();
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.ok(Date.now() - begun < 2_000);
      assert.match(message, /got no answer within 0(\.\d)? s \(request \S+, tried [2-5] times in 0\.\d s\)/);
    });
  });

  describe("Retry-After", () => {
    /** Lets the fake time leap to its next timer whenever nothing has happened for a moment. */
    async function leaping<T>(run: (clock: sinon.SinonFakeTimers) => Promise<T>): Promise<T> {
      const realWait = setTimeout;
      const clock = sinon.useFakeTimers({
        now: 1_800_000_000_000,
        toFake: ["setTimeout", "clearTimeout", "Date"],
      });
      let ended = false;
      const call = run(clock).finally(() => (ended = true));
      call.catch(() => undefined);
      while (!ended) {
        await new Promise((resolve) => realWait(resolve, 15));
        if (!ended) await clock.nextAsync();
      }
      return call;
    }
    const startTimes = () => keycard.requests.map(({ startedAt }) => startedAt - 1_800_000_000_000);

    const wishes: [title: string, method: string, status: number, header: string, waitsMs: number][] = [
      ["is honoured in seconds", "GET", 503, "7", 7_000],
      ["is honoured as a date", "GET", 503, new Date(1_800_000_030_000).toUTCString(), 30_000],
      ["is honoured for a minute at most", "GET", 429, "3600", 60_000],
      ["is honoured for a POST after a 429", "POST", 429, "7", 7_000],
    ];
    for (const [title, method, status, header, waitsMs] of wishes) {
      it(title, async () => {
        const client = await start({}, { limits: { attemptMs: 30_000, totalMs: 180_000 } });
        keycard.faults.add({ kind: { status, headers: { "retry-after": header } } });
        await leaping(() => (method === "GET" ? CALLS.GET.make(client) : make.POST(client)));
        assert.deepEqual(startTimes(), [0, waitsMs]);
      });
    }

    it("of a 429 holds back requests for tokens too", async () => {
      const limits = { attemptMs: 30_000, totalMs: 180_000 };
      // Each call needs a token of its own: ours ends by the real clock, the emulator's by the fake one.
      await start({ switches: { tokenExpiresIn: 0.01 } });
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async (clock) => {
        const limited = client.readSecret("z1", "s1");
        while (clock.countTimers() === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await Promise.all([limited, client.readSecret("z1", "s1")]);
      });
      const asked = keycard.tokenRequests.map(({ startedAt }) => startedAt - 1_800_000_000_000);
      assert.ok(asked.length > 1);
      assert.deepEqual(new Set(asked), new Set([0, 9_000]));
    });

    it("of a 429 holds back all other calls", async () => {
      const client = await start({}, { limits: { attemptMs: 30_000, totalMs: 180_000 } });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async (clock) => {
        const limited = client.readSecret("z1", "s1");
        // Its pause shows that the limit is known.
        while (clock.countTimers() === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await Promise.all([limited, client.readSecret("z1", "s1"), client.createSecret("z1", NEW)]);
      });
      assert.deepEqual(startTimes(), [0, 9_000, 9_000, 9_000]);
    });
  });

  describe("values", () => {
    const SECRET = 'planted-"value"/+ü 1%\'\\';
    const data = { type: "password", username: "planted-user name", password: SECRET } as const;
    const values = [SECRET, data.username];
    const repeated = values.flatMap(formsOf).join(" or ");
    const refusals: FaultKind[] = [
      { status: 400, body: { message: `bad ${repeated}` } },
      { status: 422, body: { message: "bad", code: repeated, status: 422, errors: [repeated] } },
      { status: 500, body: repeated },
      { status: 409, body: { message: `taken: ${JSON.stringify({ data })}` } },
      { status: 200, body: { ...data, id: 7 } },
      { redirect: `http://127.0.0.1:1/?${encodeURIComponent(SECRET)}` },
      { drop: "before" },
      { body: "html" },
    ];

    it("of a creation show in no error", async () => {
      const client = await start();
      for (const kind of refusals) {
        keycard.faults.add({ kind });
        const error = await errorOf(client.createSecret("z1", { ...NEW, data }));
        assertShowsNone(error, [...values, keycard.accessToken]);
      }
    });

    it("of a change show in no error", async () => {
      const client = await start();
      for (const kind of refusals) {
        const fault = keycard.faults.add({ kind, times: 99 });
        assertShowsNone(await errorOf(client.patchSecret("z1", "s1", { data })), [
          ...values,
          keycard.accessToken,
        ]);
        fault.remove();
      }
    });

    it("that were read show in no error", async () => {
      const client = await start();
      keycard.edit("s1", { data });
      for (const kind of [{ body: "truncated" }, { body: "cut-off" }, { slowBody: 300 }] as const) {
        const fault = keycard.faults.add({ kind, times: 99 });
        const quick = clientOf(keycard, { limits: { attemptMs: 50, totalMs: 120 } });
        assertShowsNone(await errorOf(quick.readSecret("z1", "s1")), values);
        fault.remove();
      }
      const body = { ...keycard.secret("s1"), version: "x" };
      keycard.faults.add({ kind: { status: 200, body }, times: 99 });
      assertShowsNone(await errorOf(client.readSecret("z1", "s1")), values);
    });

    it("that are known from before show in no error", async () => {
      const client = await start();
      const hidden = values;
      for (const make of [
        () => client.readSecret("z1", "s1", { hidden }),
        () => client.deleteSecret("z1", "s1", { hidden }),
        () => client.listSecrets("z1", {}, { hidden }),
      ]) {
        keycard.faults.add({ kind: { status: 400, body: { message: `bad ${repeated}` } } });
        assertShowsNone(await errorOf(make()), values);
      }
    });

    it("of the credentials show in no error", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      const bearer = keycard.requests[0]?.headers.authorization?.split(" ")[1] ?? assert.fail();
      const message = `no ${formsOf(bearer).join(" ")} of ${formsOf(keycard.clientSecret).join(" ")}`;
      keycard.faults.add({ kind: { status: 403, body: { message } } });
      assertShowsNone(await errorOf(client.readSecret("z1", "s1")), [bearer, keycard.clientSecret]);
    });
  });
});
