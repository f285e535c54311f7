import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import axios, { type AxiosResponse } from "axios";
import { redactBody, requestLine, startKeycard } from "./emulator";
import type { FaultKind, Keycard, KeycardOptions, LoggedRequest, Switches } from "./emulator";

const SECRETS = "/zones/z1/secrets";
const TOKEN = "/service-account-token";
const body = { name: "n", entity_id: "e1", data: { type: "token", token: "t" } };
const password = { type: "password", username: "u", password: "p" };
const form = { grant_type: "client_credentials" };

describe("keycard emulator", () => {
  let keycard: Keycard;
  afterEach(() => keycard.close());

  async function start(options: KeycardOptions = {}) {
    keycard = await startKeycard({ ids: "sequential", ...options });
    return keycard;
  }

  function send(method: string, path: string, data?: unknown, headers: Record<string, string> = {}) {
    return axios.request<unknown>({
      method,
      url: keycard.url + path,
      data,
      headers: { authorization: `Bearer ${keycard.accessToken}`, ...headers },
      validateStatus: () => true,
      maxRedirects: 0,
      timeout: 1500,
    });
  }

  async function answers(method: string, path: string, data?: unknown, headers: Record<string, string> = {}) {
    const { status, data: answer } = await send(method, path, data, headers);
    return [status, answer] as const;
  }

  async function status(method: string, path: string, data?: unknown, headers: Record<string, string> = {}) {
    return (await send(method, path, data, headers)).status;
  }

  function askToken(params: Record<string, string>, basic?: { username: string; password: string }) {
    return axios.post<Record<string, unknown>>(keycard.url + TOKEN, new URLSearchParams(params), {
      validateStatus: () => true,
      ...(basic ? { auth: basic } : {}),
    });
  }

  const credentials = () => ({ client_id: keycard.clientId, client_secret: keycard.clientSecret });

  async function useToken(token: unknown) {
    return status("GET", SECRETS, undefined, { authorization: `Bearer ${String(token)}` });
  }

  /** Plants a secret with a description and metadata, patches it, and gives its new state. */
  async function patched(switches: Partial<Switches>, patch: unknown, metadata: object = { a: 1 }) {
    await start({ switches });
    keycard.put({ id: "s", zone_id: "z1", description: "old", metadata: { ...metadata } });
    const code = await status("PATCH", `${SECRETS}/s`, patch);
    const secret = keycard.secret("s");
    return { code, description: secret?.description, metadata: secret?.metadata, version: secret?.version };
  }

  async function failure(call: Promise<AxiosResponse>): Promise<string | undefined> {
    return call.then(
      () => "answered",
      (error: unknown) => (axios.isAxiosError(error) ? error.code : String(error)),
    );
  }

  describe("secrets", () => {
    it("answers a POST with type but without data", async () => {
      await start();
      const { status, data, headers } = await send("POST", SECRETS, { ...body, description: "d" });
      const { created_at, updated_at, ...rest } = data as Record<string, unknown>;
      assert.equal(status, 201);
      assert.deepEqual(rest, {
        id: "sec_1",
        zone_id: "z1",
        entity_id: "e1",
        name: "n",
        description: "d",
        type: "token",
        version: 1,
      });
      assert.match(String(created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(updated_at, created_at);
      assert.ok(headers["date"]);
      assert.deepEqual(keycard.secret("sec_1")?.data, body.data);
    });

    it("answers a single GET with data but without type", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", metadata: { a: [1] } });
      assert.deepEqual(await answers("GET", `${SECRETS}/s`), [200, planted]);
    });

    it("patches only the fields that were sent", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", description: "d" });
      const [code, answer] = await answers("PATCH", `${SECRETS}/s`, { data: password });
      const after = keycard.secret("s");
      assert.ok(after && after.updated_at > planted.updated_at);
      assert.deepEqual(after, { ...planted, data: password, version: 2, updated_at: after.updated_at });
      const { data, ...shown } = after;
      assert.deepEqual([code, answer], [200, { ...shown, type: data.type }]);
    });

    it("answers a DELETE with 204 and no body", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      assert.deepEqual(await answers("DELETE", `${SECRETS}/s`), [204, ""]);
      assert.deepEqual(await answers("DELETE", `${SECRETS}/s`), [
        404,
        { message: "Secret not found", code: "not_found", status: 404 },
      ]);
    });

    it("lists a zone by entity and by type", async () => {
      await start();
      keycard.put({ id: "a", zone_id: "z1", entity_id: "e1" });
      keycard.put({ id: "b", zone_id: "z1", entity_id: "e2" });
      keycard.put({ id: "c", zone_id: "z1", entity_id: "e1", data: { ...password, type: "password" } });
      keycard.put({ id: "d", zone_id: "z2", entity_id: "e1" });
      const ids = async (query: string) =>
        ((await send("GET", SECRETS + query)).data as Record<string, unknown>[]).map(({ id, data }) => [
          id,
          data,
        ]);
      assert.deepEqual(await ids(""), [["a", undefined], ["b", undefined], ["c", undefined]]); // prettier-ignore
      assert.deepEqual(await ids("?entity_id=e1"), [["a", undefined], ["c", undefined]]); // prettier-ignore
      assert.deepEqual(await ids("?entity_id=e1&type=password"), [["c", undefined]]);
    });

    it("takes ids of any characters and length", async () => {
      for (const id of ["zo/ne ?ü#1", "100%", "%2F", "a%252F", "x".repeat(3000)]) {
        await start({ ids: () => id });
        const path = `/zones/${encodeURIComponent(id)}/secrets`;
        assert.equal(await status("POST", path, body), 201);
        assert.equal(await status("GET", `${path}/${encodeURIComponent(id)}`), 200);
        assert.equal(keycard.secret(id)?.zone_id, id);
        assert.equal(keycard.requests[0]?.path, path);
        await keycard.close();
      }
    });

    it("ignores a zone id in the body", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, { ...body, zone_id: "other" }), 201);
      assert.equal(keycard.secret("sec_1")?.zone_id, "z1");
    });

    it("knows any zone unless zones are given", async () => {
      await start({ zones: ["z2"] });
      assert.equal(await status("GET", "/zones/z2/secrets"), 200);
      assert.equal((await send("POST", SECRETS, body)).status, 404);
      await keycard.close();
      await start();
      assert.equal(await status("GET", SECRETS), 200);
    });

    it("finds no secret of another zone", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z2" });
      assert.equal(await status("GET", `${SECRETS}/s`), 404);
      assert.equal(await status("PATCH", `${SECRETS}/s`, { name: "x" }), 404);
      assert.equal(await status("DELETE", `${SECRETS}/s`), 404);
      assert.equal(keycard.secrets().length, 1);
    });

    it("sets the server's clock apart from ours", async () => {
      await start({ clockOffsetMs: 3_600_000 });
      const { headers, data } = await send("POST", SECRETS, body);
      const { created_at } = data as { created_at: string };
      for (const time of [String(headers["date"]), created_at]) {
        assert.ok(Math.abs(Date.parse(time) - Date.now() - 3_600_000) < 5000);
      }
    });

    it("makes random ids unless told otherwise", async () => {
      await start({ ids: "random" });
      assert.match(keycard.put().id, /^sec_[0-9a-z]{18}$/);
      assert.notEqual(keycard.put().id, keycard.put().id);
    });

    it("keeps metadata with keys of any name", async () => {
      await start();
      const metadata = '{"__proto__":{"a":1},"constructor":{"prototype":2}}';
      const text = JSON.stringify(body).replace("}}", `},"metadata":${metadata}}`);
      assert.equal(await status("POST", SECRETS, text, { "content-type": "application/json" }), 201);
      assert.equal(JSON.stringify(keycard.secret("sec_1")?.metadata), metadata);
    });
  });

  describe("refusals", () => {
    const refused: [string, string, string, unknown][] = [
      ["a body with an unknown field", "POST", SECRETS, { ...body, type: "token" }],
      ["a body without its name", "POST", SECRETS, { ...body, name: undefined }],
      ["a name that is no string", "POST", SECRETS, { ...body, name: 7 }],
      ["metadata that is no object", "POST", SECRETS, { ...body, metadata: [1] }],
      ["a null in a new secret", "POST", SECRETS, { ...body, description: null }],
      ["a description over 128 characters", "POST", SECRETS, { ...body, description: "ü".repeat(129) }],
      ["data of neither form", "POST", SECRETS, { ...body, data: { type: "key", key: "k" } }],
      ["data with a foreign field", "POST", SECRETS, { ...body, data: { ...body.data, username: "u" } }],
      ["data with a field missing", "PATCH", `${SECRETS}/s`, { data: { type: "password", password: "p" } }],
      ["a PATCH of the entity", "PATCH", `${SECRETS}/s`, { entity_id: "e2" }],
      ["an unknown query parameter", "GET", `${SECRETS}?name=n`, undefined],
      ["a query parameter sent twice", "GET", `${SECRETS}?type=token&type=token`, undefined],
      ["a type that is not known", "GET", `${SECRETS}?type=key`, undefined],
      ["a path that cannot be decoded", "GET", "/zones/%zz/secrets", undefined],
    ];
    for (const [what, method, path, sent] of refused) {
      it(`refuses ${what} with a message alone`, async () => {
        await start();
        keycard.put({ id: "s", zone_id: "z1" });
        const [code, answer] = await answers(method, path, sent);
        assert.deepEqual([code, Object.keys(answer as object)], [400, ["message"]]);
        assert.equal(keycard.secrets().length, 1);
        assert.equal(keycard.requests[0]?.status, 400);
      });
    }

    it("counts a description's characters as code points", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, { ...body, description: "😀".repeat(128) }), 201);
    });

    it("refuses malformed JSON before anything else", async () => {
      await start();
      const headers = { "content-type": "application/json" };
      const answer = await fetch(keycard.url + SECRETS, { method: "POST", headers, body: "{" });
      assert.equal(answer.status, 400);
      assert.deepEqual(keycard.calls(), [{ method: "POST", path: SECRETS }]);
    });

    it("refuses a request id that is no UUID", async () => {
      await start();
      const uuid = "6f1d2a3e-0b7c-4d7e-9a51-0f5f6c1b2d3e";
      assert.equal(await status("GET", SECRETS, undefined, { "X-Client-Request-ID": "1" }), 400);
      assert.equal(await status("GET", SECRETS, undefined, { "X-Client-Request-ID": uuid }), 200);
      assert.deepEqual(keycard.requests.map(({ requestId }) => requestId), ["1", uuid]); // prettier-ignore
    });

    it("refuses a missing or unknown bearer token", async () => {
      await start();
      for (const authorization of ["", "Bearer nonsense", `Basic ${keycard.accessToken}`]) {
        const [code, answer] = await answers("GET", SECRETS, undefined, { authorization });
        assert.deepEqual([code, Object.keys(answer as object)], [401, ["message", "code", "status"]]);
      }
    });

    it("answers 404 for a path that is none", async () => {
      await start();
      assert.equal(await status("GET", "/zones"), 404);
      assert.equal(await status("PUT", SECRETS, body), 404);
    });
  });

  describe("tokens", () => {
    it("issues tokens for Basic and for form credentials", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      for (const answer of [await askToken(form, basic), await askToken({ ...form, ...credentials() })]) {
        const { access_token, ...rest } = answer.data;
        assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600 });
        assert.equal(await useToken(access_token), 200);
      }
      assert.equal(keycard.tokenRequests.length, 2);
      assert.equal(keycard.requests.length, 2);
    });

    it("takes Basic credentials that are form-encoded, too", async () => {
      await start({ clientId: "a b", clientSecret: "ü+:" });
      assert.equal((await askToken(form, { username: "a+b", password: "%C3%BC%2B%3A" })).status, 200);
      assert.equal((await askToken(form, { username: "a b", password: "ü+:" })).status, 200);
    });

    it("refuses wrong client credentials with 401", async () => {
      await start();
      assert.equal((await askToken(form)).status, 401);
      assert.equal((await askToken({ ...form, ...credentials(), client_secret: "x" })).status, 401);
      assert.equal((await askToken(form, { username: keycard.clientId, password: "x" })).status, 401);
    });

    it("refuses credentials sent in two places", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      assert.equal((await askToken({ ...form, ...credentials() }, basic)).status, 400);
    });

    it("refuses another grant type and a JSON body", async () => {
      await start();
      assert.equal((await askToken({ ...credentials(), grant_type: "password" })).status, 400);
      assert.equal(await status("POST", TOKEN, { ...form, ...credentials() }), 415);
    });

    it("takes credentials only where the switch says", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      keycard.switches.tokenAuth = "basic";
      assert.equal((await askToken(form, basic)).status, 200);
      assert.equal((await askToken({ ...form, ...credentials() })).status, 401);
      keycard.switches.tokenAuth = "form";
      assert.equal((await askToken(form, basic)).status, 401);
      assert.equal((await askToken({ ...form, ...credentials() })).status, 200);
    });

    it("omits expires_in when the switch says so", async () => {
      await start({ switches: { tokenExpiresIn: "omitted" } });
      const { data } = await askToken({ ...form, ...credentials() });
      assert.deepEqual(Object.keys(data), ["access_token", "token_type"]);
    });

    it("lets tokens expire when it said so", async () => {
      await start({ switches: { tokenExpiresIn: 0.1 } });
      const { data } = await askToken({ ...form, ...credentials() });
      assert.equal(data["expires_in"], 0.1);
      assert.equal(await useToken(data["access_token"]), 200);
      await new Promise((resolve) => setTimeout(resolve, 110));
      assert.equal(await useToken(data["access_token"]), 401);
    });

    it("revokes issued tokens but not the ready-made one", async () => {
      await start();
      const { data } = await askToken({ ...form, ...credentials() });
      keycard.revokeTokens();
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal(await useToken(keycard.accessToken), 200);
    });
  });

  describe("switches", () => {
    const old = { description: "old", metadata: { a: 1 } };
    const gone = { description: undefined, metadata: undefined };
    const empties = { description: "", metadata: {} };
    const nulls = { description: null, metadata: null };
    const clearings: [Switches["clearing"], object, object][] = [
      ["empty", { code: 200, ...gone, version: 2 }, { code: 400, ...old, version: 1 }],
      ["null", { code: 400, ...old, version: 1 }, { code: 200, ...gone, version: 2 }],
      ["null-ignoring-empty", { code: 200, ...old, version: 2 }, { code: 200, ...gone, version: 2 }],
      ["never", { code: 200, ...old, version: 2 }, { code: 200, ...old, version: 2 }],
    ];
    for (const [clearing, afterEmpties, afterNulls] of clearings) {
      it(`clears description and metadata as clearing ${clearing} says`, async () => {
        assert.deepEqual(await patched({ clearing }, empties), afterEmpties);
        await keycard.close();
        assert.deepEqual(await patched({ clearing }, nulls), afterNulls);
      });
    }

    it("replaces metadata whole unless told to merge", async () => {
      assert.deepEqual((await patched({}, { metadata: { b: null } })).metadata, { b: null });
    });

    it("merges metadata key by key, nulls removing", async () => {
      const patch = { metadata: { a: null, b: { y: null } } };
      const { metadata } = await patched({ metadata: "merge" }, patch, { a: 1, b: { x: 1 }, c: 1 });
      assert.deepEqual(metadata, { b: { y: null }, c: 1 });
    });

    it("merges metadata at every level when deep", async () => {
      const patch = { metadata: { a: null, b: { y: 2, x: null }, d: { e: null } } };
      const before = { a: 1, b: { x: 1, z: 1 }, c: 1 };
      const { metadata } = await patched({ metadata: "deep-merge" }, patch, before);
      assert.deepEqual(metadata, { b: { z: 1, y: 2 }, c: 1, d: {} });
    });

    it("changes nothing by merging empty metadata", async () => {
      const merged = await patched({ metadata: "merge" }, { metadata: {} });
      assert.deepEqual(merged, { code: 200, ...old, version: 2 });
      await keycard.close();
      assert.equal((await patched({ metadata: "merge" }, { metadata: { a: null } })).metadata, undefined);
    });

    it("raises the version with data only, if told", async () => {
      assert.equal((await patched({ version: "data-only" }, { name: "x" })).version, 1);
      await keycard.close();
      assert.equal((await patched({ version: "data-only" }, { data: body.data })).version, 2);
      await keycard.close();
      assert.equal((await patched({}, { name: "x" })).version, 2);
    });

    it("allows or refuses a change of type", async () => {
      assert.equal((await patched({ typeChange: "refused" }, { data: password })).code, 400);
      assert.equal(await status("PATCH", `${SECRETS}/s`, { data: body.data }), 200);
      keycard.switches.typeChange = "allowed";
      assert.equal(await status("PATCH", `${SECRETS}/s`, { data: password }), 200);
    });

    it("answers 409 for a name that is taken", async () => {
      await start({ switches: { uniqueNames: true } });
      assert.equal(await status("POST", SECRETS, body), 201);
      const [code, answer] = await answers("POST", SECRETS, body);
      assert.deepEqual([code, Object.keys(answer as object)], [409, ["message", "code", "status"]]);
      assert.ok(!JSON.stringify(answer).includes("sec_1"));
      assert.equal(await status("POST", SECRETS, { ...body, entity_id: "e2" }), 201);
      assert.equal(await status("POST", SECRETS, { ...body, name: "m" }), 201);
      assert.equal(await status("PATCH", `${SECRETS}/sec_1`, { name: "m" }), 409);
      assert.equal(await status("PATCH", `${SECRETS}/sec_1`, { name: "n" }), 200);
    });

    it("allows a name twice unless told otherwise", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, body), 201);
      assert.equal(await status("POST", SECRETS, body), 201);
    });

    it("lists in pages that a cursor connects", async () => {
      await start({ switches: { list: "items", pageSize: 2 } });
      for (const id of ["a", "b", "c"]) keycard.put({ id, zone_id: "z1" });
      const read = async (query: string) => {
        const { data } = await send("GET", `${SECRETS}${query}`);
        const { items, page_info } = data as { items: { id: string }[]; page_info: Record<string, string> };
        return {
          ids: items.map(({ id }) => id),
          more: page_info["has_next_page"],
          end: page_info["end_cursor"],
        };
      };
      const first = await read("");
      assert.deepEqual([first.ids, first.more], [["a", "b"], true]);
      for (const name of ["after", "cursor"]) {
        const second = await read(`?${name}=${first.end}`);
        assert.deepEqual([second.ids, second.more], [["c"], false]);
      }
      assert.deepEqual((await read("?limit=1")).ids, ["a"]);
      assert.equal(await status("GET", `${SECRETS}?after=nonsense`), 400);
      keycard.switches.list = "array";
      assert.equal(await status("GET", `${SECRETS}?limit=1`), 400);
    });

    it("has a list that can be missing", async () => {
      await start();
      for (const [list, code] of [
        ["forbidden", 403],
        ["missing", 404],
        ["method-not-allowed", 405],
      ] as const) {
        keycard.switches.list = list;
        assert.equal(await status("GET", SECRETS), code);
      }
      keycard.switches.list = "garbage";
      const [code, answer] = await answers("GET", SECRETS);
      assert.deepEqual([code, Array.isArray(answer)], [200, false]);
    });

    it("forbids reading values when the switch says so", async () => {
      await start({ switches: { readValues: "forbidden" } });
      keycard.put({ id: "s", zone_id: "z1" });
      assert.equal(await status("GET", `${SECRETS}/s`), 403);
      assert.equal(await status("PATCH", `${SECRETS}/s`, { name: "x" }), 200);
      assert.equal(await status("GET", SECRETS), 200);
    });

    it("shows what is cleared in three ways", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      const shown = async (clearedAs: Switches["clearedAs"]) => {
        keycard.switches.clearedAs = clearedAs;
        const { description, metadata } = (await send("GET", `${SECRETS}/s`)).data as Record<string, unknown>;
        return [description, metadata];
      };
      assert.deepEqual(await shown("absent"), [undefined, undefined]);
      assert.deepEqual(await shown("null"), [null, null]);
      assert.deepEqual(await shown("empty"), ["", {}]);
    });
  });

  describe("faults", () => {
    /** Starts with a fault that hits the next POST. */
    async function withFault(kind: FaultKind) {
      await start();
      keycard.faults.add({ method: "POST", kind });
    }
    const post = () => send("POST", SECRETS, body);

    for (const [when, created] of [
      ["before", 0],
      ["after", 1],
    ] as const) {
      it(`drops the connection ${when} the work was done`, async () => {
        await withFault({ drop: when });
        assert.equal(await failure(post()), "ECONNRESET");
        assert.equal(keycard.secrets().length, created);
        assert.deepEqual(keycard.calls(), [{ method: "POST", path: SECRETS, body }]);
        assert.equal(keycard.requests[0]?.status, "dropped");
        assert.deepEqual(keycard.requests[0]?.fault, { drop: when });
        assert.equal((await post()).status, 201);
      });

      it(`answers a status ${when} the work was done`, async () => {
        await withFault({ status: 503, when, headers: { "retry-after": "2" } });
        const answer = await post();
        assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "2"]);
        assert.deepEqual(Object.keys(answer.data as object), ["message", "code", "status"]);
        assert.equal(keycard.secrets().length, created);
        assert.equal(keycard.requests[0]?.status, 503);
      });

      it(`waits ${when} the work is done, as told`, async () => {
        await withFault({ delayMs: 60, when });
        const startedAt = Date.now();
        const answer = post();
        await new Promise((resolve) => setTimeout(resolve, 30));
        assert.equal(keycard.secrets().length, created);
        assert.equal((await answer).status, 201);
        assert.ok(Date.now() - startedAt >= 55);
      });
    }

    it("answers a status with a body of one's own", async () => {
      await withFault({ status: 429, body: "slow down", headers: { "content-type": "text/plain" } });
      const { status, data, headers } = await post();
      assert.deepEqual([status, data, headers["content-type"]], [429, "slow down", "text/plain"]);
    });

    const bodies: [FaultKind & { body: string }, (text: string, type: unknown) => void][] = [
      [{ body: "truncated" }, (text) => assert.match(text, /^\{"id":"sec_1"[^}]*$/)],
      [{ body: "empty" }, (text) => assert.equal(text, "")],
      [
        { body: "html" },
        (text, type) => assert.deepEqual([text.slice(0, 9), type], ["<!doctype", "text/html"]),
      ],
      [{ body: "foreign-json" }, (text) => assert.ok(!("id" in (JSON.parse(text) as object)))],
    ];
    for (const [kind, check] of bodies) {
      it(`spoils the body as ${kind.body} after the work`, async () => {
        await withFault(kind);
        const options = { method: "POST", body: JSON.stringify(body) };
        const headers = {
          authorization: `Bearer ${keycard.accessToken}`,
          "content-type": "application/json",
        };
        const answer = await fetch(keycard.url + SECRETS, { ...options, headers });
        assert.equal(answer.status, 201);
        check(await answer.text(), answer.headers.get("content-type"));
        assert.equal(keycard.secrets().length, 1);
      });
    }

    it("spoils even the body of a DELETE", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      keycard.faults.add({ kind: { body: "html" } });
      const [code, text] = await answers("DELETE", `${SECRETS}/s`);
      assert.equal(code, 200);
      assert.match(String(text), /^<!doctype/);
    });

    it("cuts a body off in the middle", async () => {
      await withFault({ body: "cut-off" });
      assert.match((await failure(post())) ?? "", /ECONNRESET|ERR_BAD_RESPONSE/);
      assert.equal(keycard.secrets().length, 1);
    });

    it("sends headers slowly, and the answer whole", async () => {
      await withFault({ slowHeaders: 80 });
      const startedAt = Date.now();
      const answer = await post();
      assert.deepEqual([answer.status, (answer.data as { id: string }).id], [201, "sec_1"]);
      assert.ok(Date.now() - startedAt >= 75);
    });

    it("sends headers at once and bodies slowly", async () => {
      await withFault({ slowBody: 100 });
      const startedAt = Date.now();
      const headers = { authorization: `Bearer ${keycard.accessToken}`, "content-type": "application/json" };
      const options = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(keycard.url + SECRETS, options);
      assert.ok(Date.now() - startedAt < 75);
      assert.equal(((await answer.json()) as { id: string }).id, "sec_1");
      assert.ok(Date.now() - startedAt >= 95);
    });

    it("survives clients that hang up on slow answers", async () => {
      await start();
      for (const kind of [{ slowHeaders: 100 }, { slowBody: 100 }, { delayMs: 50 }]) {
        keycard.faults.add({ kind });
        const signal = AbortSignal.timeout(20);
        const headers = { authorization: `Bearer ${keycard.accessToken}` };
        await assert.rejects(
          fetch(keycard.url + SECRETS, { signal, headers }).then((answer) => answer.text()),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.equal(await status("GET", SECRETS), 200);
    });

    it("redirects elsewhere instead of doing the work", async () => {
      await withFault({ redirect: "https://example.com/x" });
      const { status, headers } = await post();
      assert.deepEqual([status, headers["location"]], [307, "https://example.com/x"]);
      assert.equal(keycard.secrets().length, 0);
    });

    it("revokes the token of the request it hits", async () => {
      await start();
      const { data } = await askToken({ ...form, ...credentials() });
      keycard.faults.add({ kind: { revokeToken: true } });
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal(await useToken(data["access_token"]), 401);
      keycard.faults.add({ kind: { revokeToken: true } });
      assert.equal(await useToken(keycard.accessToken), 401);
      assert.equal(await useToken(keycard.accessToken), 200);
    });

    it("shortens the life of the next token", async () => {
      await start();
      keycard.faults.add({ kind: { shortLivedToken: 0.05 } });
      assert.equal(await status("GET", SECRETS), 200);
      const { data } = await askToken({ ...form, ...credentials() });
      assert.equal(data["expires_in"], 0.05);
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal((await askToken({ ...form, ...credentials() })).data["expires_in"], 3600);
    });

    it("hits requests for tokens only by path", async () => {
      await start();
      const fault = keycard.faults.add({ kind: { status: 500 } });
      assert.equal((await askToken({ ...form, ...credentials() })).status, 200);
      fault.remove();
      keycard.faults.add({ path: /token$/, kind: { status: 500 } });
      assert.equal((await askToken({ ...form, ...credentials() })).status, 500);
      assert.equal(keycard.tokenRequests[1]?.status, 500);
    });

    it("hits by method and path, after some", async () => {
      await start();
      const kind = { status: 500 };
      const fault = keycard.faults.add({
        method: "get",
        path: (path) => path.includes("z2"),
        times: 2,
        after: 1,
        kind,
      });
      const codes: number[] = [];
      for (const zone of ["z1", "z2", "z1", "z2", "z2", "z2"])
        codes.push(await status("GET", `/zones/${zone}/secrets`));
      assert.deepEqual(codes, [200, 200, 200, 500, 500, 200]);
      assert.equal(fault.hits, 2);
    });

    it("hits by chance, the same each run", async () => {
      const run = async () => {
        await start({ seed: 7 });
        keycard.faults.add({ times: Infinity, probability: 0.5, kind: { status: 500 } });
        const codes: number[] = [];
        for (let call = 0; call < 20; call += 1) codes.push(await status("GET", SECRETS));
        await keycard.close();
        return codes;
      };
      const codes = await run();
      assert.deepEqual(await run(), codes);
      assert.deepEqual(new Set(codes), new Set([200, 500]));
    });

    it("hits nothing more once faults are cleared", async () => {
      await start();
      keycard.faults.add({ times: Infinity, kind: { status: 500 } });
      assert.equal(await status("GET", SECRETS), 500);
      keycard.faults.clear();
      assert.equal(await status("GET", SECRETS), 200);
    });
  });

  describe("handle", () => {
    it("logs requests as they were sent", async () => {
      await start();
      const before = Date.now();
      await send("GET", `/zones/z%201/secrets?type=token`, undefined, { "user-agent": "test/1" });
      const { headers, startedAt, ...rest } = keycard.requests[0] ?? assert.fail();
      const expected: Partial<LoggedRequest> = {
        method: "GET",
        path: "/zones/z%201/secrets",
        query: { type: "token" },
        status: 200,
      };
      assert.deepEqual(rest, expected);
      assert.equal(headers["user-agent"], "test/1");
      assert.ok(startedAt >= before && startedAt <= Date.now());
      keycard.clearLog();
      assert.deepEqual(keycard.calls(), []);
    });

    it("edits and removes behind the provider's back", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", description: "d" });
      const edited = keycard.edit("s", { name: "x", description: undefined });
      assert.deepEqual([edited.name, edited.version, "description" in edited], ["x", 2, false]);
      assert.ok(edited.updated_at > planted.updated_at);
      assert.equal(keycard.edit("s", { version: 9 }).version, 9);
      assert.throws(() => keycard.edit("other", {}), /no secret other/);
      assert.deepEqual([keycard.remove("s"), keycard.remove("s")], [true, false]);
      assert.deepEqual(keycard.requests, []);
    });

    it("hands out copies of what it keeps", async () => {
      await start({ secrets: [{ id: "s", metadata: { a: 1 } }] });
      Object.assign(keycard.secret("s")?.metadata ?? {}, { a: 2 });
      assert.deepEqual(keycard.secrets()[0]?.metadata, { a: 1 });
    });

    it("closes at once despite connections kept alive", async () => {
      await start();
      keycard.faults.add({ kind: { delayMs: 5000 } });
      const hanging = failure(send("GET", SECRETS));
      await fetch(`${keycard.url}/zones`);
      const startedAt = Date.now();
      await keycard.close();
      assert.ok(Date.now() - startedAt < 500);
      assert.match((await hanging) ?? "", /ECONN/);
    });

    it("keeps secrets out of the line it prints", async () => {
      const lines: string[] = [];
      await start({ onAnswered: (request) => lines.push(requestLine(request)) });
      await send("POST", SECRETS, { ...body, data: { ...password, password: "hunter2" } });
      await askToken({ ...form, ...credentials() });
      assert.deepEqual(lines, [
        `POST ${SECRETS} 201 {"name":"n","entity_id":"e1","data":{"type":"password","username":"[redacted]","password":"[redacted]"}}`,
        `POST ${TOKEN} 200 {"grant_type":"client_credentials","client_id":"emulator-client","client_secret":"[redacted]"}`,
      ]);
      assert.deepEqual(redactBody({ data: "hunter2", name: "n" }), { data: "[redacted]", name: "n" });
      assert.equal(redactBody(undefined), undefined);
    });

    it("runs by hand until it is told to end", async () => {
      await start();
      const cli = join(__dirname, "emulator", "cli.ts");
      const args = ["--require", "tsx/cjs", cli, "--port", "0", "--switch", "list=missing"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      while (!output.includes("KEYCARD_CLIENT_SECRET=")) await once(child.stdout, "data");
      const url = /^export KEYCARD_ENDPOINT=(\S+)$/m.exec(output)?.[1] ?? "";
      assert.equal((await fetch(`${url}${SECRETS}`)).status, 401);
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
      assert.match(output, /^GET \/zones\/z1\/secrets 401$/m);
    });
  });
});
