import assert from "node:assert/strict";
import {
  answers,
  askToken,
  body,
  credentials,
  form,
  keycard,
  SECRETS,
  send,
  start,
  status,
  useEmulator,
} from "./support";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("keycard emulator", () => {
  useEmulator();

  describe("what was reported of Keycard", () => {
    it("gives new secrets ids of 26 letters and digits, without a prefix", async () => {
      await start({ ids: "random" });
      for (let count = 0; count < 3; count += 1) await send("POST", SECRETS, body);
      const ids = keycard.secrets().map(({ id }) => id);
      for (const id of ids) assert.match(id, /^[a-z0-9]{26}$/);
      assert.equal(new Set(ids).size, 3);
    });

    it("drops unknown fields with a 200, if so switched, and logs what was sent", async () => {
      await start({ switches: { unknownFields: "dropped" } });
      const sent = { ...body, owner: "me", data: { ...body.data, hint: "h" } };
      assert.equal(await status("POST", SECRETS, sent), 201);
      assert.deepEqual(keycard.secret("sec_1")?.data, body.data);
      assert.deepEqual(keycard.calls()[0]?.body, sent);
      const [code, answer] = await answers("PATCH", `${SECRETS}/sec_1`, { entity_id: "e2", name: "m" });
      assert.equal(code, 200);
      const { name } = answer as { name: string };
      assert.deepEqual([keycard.secret("sec_1")?.entity_id, name], ["e1", "m"]);
      for (const odd of [{ ...body, data: "text" }, [body]]) {
        assert.equal(await status("POST", SECRETS, odd), 400);
      }
    });

    it("answers 500 for a malformed body, if so switched, and 400 for a malformed query as before", async () => {
      await start({ switches: { malformedBody: 500 } });
      assert.equal(await status("POST", SECRETS, { ...body, name: 7 }), 500);
      const headers = { authorization: `Bearer ${keycard.accessToken}`, "content-type": "application/json" };
      assert.equal((await fetch(keycard.url + SECRETS, { method: "POST", headers, body: "{" })).status, 500);
      assert.equal(await status("GET", `${SECRETS}?name=n`), 400);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("answers errors in the newer form, if so switched, also for faults and at the token endpoint", async () => {
      await start({ switches: { errorBodies: "newer" } });
      const newer = async (method: string, path: string, sent?: unknown) => {
        const [code, answer] = await answers(method, path, sent);
        const { request_id, timestamp, ...rest } = answer as Record<string, unknown>;
        assert.match(String(request_id), UUID);
        assert.ok(Math.abs(Date.parse(String(timestamp)) - Date.now()) < 60_000);
        assert.equal(rest["status"], code);
        return rest;
      };
      const path = `${SECRETS}/none`;
      assert.deepEqual(await newer("GET", path), {
        status: 404,
        code: "not_found",
        message: "Secret not found",
        details: [],
        path,
      });
      const refused = await newer("POST", SECRETS, { ...body, name: 7 });
      assert.deepEqual([refused["code"], refused["details"]], ["bad_request", ["body/name must be string"]]);
      keycard.faults.add({ kind: { status: 503 } });
      assert.equal((await newer("GET", SECRETS))["message"], "A fault of the emulator");
      const { data } = await askToken({ ...form, ...credentials(), client_secret: "wrong" });
      assert.deepEqual(Object.keys(data), ["error", "error_description", "requestId"]);
      assert.equal(data["error"], "invalid_client");
    });

    const vaultRows = [
      ["one", 1, 201],
      ["several", 2, 201],
      ["none", 0, 201],
      ["none-refusing", 0, 400],
    ] as const;
    for (const [vaults, count, code] of vaultRows) {
      it(`lists ${count} vaults of a zone with vaults ${vaults}, and answers ${code} to a create`, async () => {
        await start({ switches: { vaults } });
        const [, answer] = await answers("GET", "/zones/z1/providers?type=keycard-vault");
        const { items } = answer as { items: { id: string; type: string; zone_id: string }[] };
        assert.equal(items.length, count);
        assert.equal(new Set(items.map(({ id }) => id)).size, count);
        for (const item of items) {
          assert.match(item.id, /^[a-z0-9]{26}$/);
          assert.deepEqual([item.type, item.zone_id], ["keycard-vault", "z1"]);
        }
        assert.equal(await status("POST", SECRETS, body), code);
      });
    }

    it("accepts only the names that the neighbouring endpoints accept, if so switched", async () => {
      await start({ switches: { names: "as-neighbours" } });
      keycard.put({ id: "s", zone_id: "z1" });
      for (const name of ["", "n".repeat(256), "a <b>bold</b> name", "two\nlines"]) {
        assert.equal(await status("POST", SECRETS, { ...body, name }), 400);
        assert.equal(await status("PATCH", `${SECRETS}/s`, { name }), 400);
      }
      for (const name of ["n".repeat(255), "a < b", "ü"]) {
        assert.equal(await status("POST", SECRETS, { ...body, name }), 201);
      }
    });

    it("knows only the zones and entities that it was given", async () => {
      await start({ zones: ["z1"], entities: ["e1"] });
      assert.deepEqual(
        [
          await status("POST", SECRETS, body),
          await status("POST", SECRETS, { ...body, entity_id: "e2" }),
          await status("POST", "/zones/z2/secrets", body),
        ],
        [201, 404, 404],
      );
    });
  });
});
