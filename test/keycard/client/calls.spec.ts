import assert from "node:assert/strict";
import { removeSecret } from "../../../provider/keycard/presence";
import { errorOf } from "../support";
import { DELETE, GET, NEW, PATCH, POST, keycard, start, statuses, useClient } from "./support";

describe("the client", () => {
  useClient();

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

    it("names the purpose of the call in its error", async () => {
      const client = await start();
      keycard.faults.add({ kind: { status: 400 }, times: 4 });
      const calls = [
        client.createSecret("z1", NEW),
        client.patchSecret("z1", "s1", { name: "new" }),
        client.deleteSecret("z1", "s1"),
        client.listSecrets("z1"),
      ];
      const messages = await Promise.all(calls.map(async (call) => (await errorOf(call)).message));
      assert.deepEqual(
        messages.map((message) => message.split(":")[0]),
        ["create", "update", "delete", "list"].map(
          (what) => `Could not ${what} the secret${what === "list" ? "s" : ""}`,
        ),
      );
    });

    it("reads no value if values must not be read", async () => {
      const client = await start({}, { valuesForbiddenBy: "keycard:readValues" });
      await assert.rejects(
        client.readSecret("z1", "s1"),
        /^Error: Could not read the secret s1: keycard:readValues is false, so values must not be read\. Set it to true\.$/,
      );
      assert.deepEqual(keycard.calls(), []);
    });

    it("requests a listing again after every write, even if the write failed", async () => {
      const client = await start();
      const listings = () =>
        keycard.calls().filter(({ method, path }) => method === "GET" && path === POST.path);
      const writes = [
        () => client.createSecret("z1", NEW),
        () => client.patchSecret("z1", "s1", { name: "new" }),
        () => client.deleteSecret("z1", "s1"),
      ];
      for (const write of writes) {
        keycard.faults.add({ method: "PATCH", kind: { status: 409, when: "after" } });
        await client.listings.of("z1");
        await write().catch(() => undefined);
      }
      await client.listings.of("z1");
      assert.equal(listings().length, 4);
    });

    it("keeps a listing while secrets are only read", async () => {
      const client = await start();
      const listing = await client.listings.of("z1");
      await client.readSecret("z1", "s1");
      await errorOf(client.readSecret("z1", "none"));
      assert.equal(await client.listings.of("z1"), listing);
    });

    it("treats a missing secret as deleted if its zone answers", async () => {
      const client = await start();
      keycard.remove("s1");
      await removeSecret(client, { zoneId: "z1", id: "s1" });
      assert.deepEqual(statuses(), [404, 200]);
    });

    it("does not treat a foreign 404 page as a deletion", async () => {
      const client = await start();
      keycard.faults.add({ kind: { status: 404, body: "<html>Not here</html>" } });
      const { message } = await errorOf(client.deleteSecret("z1", "s1"));
      assert.match(message, /answered 404 with a body that is not JSON/);
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

    it("lists a whole zone without a filter", async () => {
      const client = await start({ switches: { list: "items", pageSize: 1 } });
      keycard.put({ id: "s2", zone_id: "z1" });
      await client.listSecrets("z1");
      const queries = keycard.requests.map(({ query }) => Object.keys({ ...query }));
      assert.deepEqual(queries, [[], ["after"]]);
    });

    it("lists all pages", async () => {
      const client = await start({ switches: { list: "items", pageSize: 2 } });
      for (const id of ["s2", "s3", "s4", "s5"]) keycard.put({ id, zone_id: "z1" });
      const secrets = await client.listSecrets("z1");
      assert.deepEqual(
        secrets.map(({ id }) => id),
        ["s1", "s2", "s3", "s4", "s5"],
      );
      assert.equal(keycard.requests.length, 3);
    });

    const circles = [
      ["same", "a cursor that it has returned before", 2],
      ["turns", "a cursor that it has returned before", 3],
      ["fresh", "20 pages in a row without a new secret", 21],
      ["fresh-empty", "20 pages in a row without a new secret", 21],
    ] as const;
    for (const [cursors, what, requests] of circles) {
      it(`ends a listing whose pages never end, with ${cursors} cursors`, async () => {
        const client = await start({ switches: { list: "items", cursors } });
        const { message, keycard: failure } = await errorOf(client.listSecrets("z1"));
        assert.match(message, new RegExp(`answered 200 with ${what}, so the listing never ends`));
        // The incomplete listing is no proof that a secret was deleted.
        assert.deepEqual([failure.outcome, keycard.requests.length], ["unknown", requests]);
      });
    }

    for (const cursors of ["none", "empty"] as const) {
      it(`rejects a listing whose next page has the cursor ${cursors}, because it is incomplete`, async () => {
        const client = await start({ switches: { list: "items", pageSize: 1, cursors } });
        assert.equal((await client.listSecrets("z1")).length, 1);
        keycard.put({ id: "s2", zone_id: "z1" });
        const { message, keycard: failure } = await errorOf(client.listSecrets("z1"));
        assert.match(
          message,
          /answered 200 with a page that is not the last one, but has no cursor for the next/,
        );
        assert.equal(failure.outcome, "unknown");
      });
    }

    it("ends a listing that grows without end at the time limit of one call", async () => {
      const limits = { attemptMs: 1_000, totalMs: 300 };
      const client = await start({ switches: { list: "items", cursors: "fresh-full" } }, { limits });
      const begun = performance.now();
      const { message } = await errorOf(client.listSecrets("z1"));
      assert.ok(performance.now() - begun < 1_000);
      assert.match(
        message,
        /timed out after 0\.3 s,? (before it was sent: the listing has more pages|while)/,
      );
      assert.match(message, /raise the time limit of a call\.$/);
    });

    it("lists a secret that is on two pages once", async () => {
      const client = await start();
      const { data, ...row } = keycard.secret("s1") ?? assert.fail();
      const items = [{ ...row, type: data.type }];
      const pages = [{ has_next_page: true, end_cursor: "c" }, { has_next_page: false }];
      for (const page_info of pages)
        keycard.faults.add({ kind: { status: 200, body: { items, page_info } } });
      assert.equal((await client.listSecrets("z1")).length, 1);
    });

    it("continues after an empty page", async () => {
      const client = await start();
      const { data, ...row } = keycard.secret("s1") ?? assert.fail();
      const items = [{ ...row, type: data.type }];
      const first = { items: [], page_info: { has_next_page: true, end_cursor: "c" } };
      keycard.faults.add({ kind: { status: 200, body: first } });
      keycard.faults.add({ kind: { status: 200, body: { items, page_info: { has_next_page: false } } } });
      assert.equal((await client.listSecrets("z1")).length, 1);
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

    it("treats every form of an empty field as absent", async () => {
      const client = await start();
      for (const clearedAs of ["absent", "null", "empty"] as const) {
        keycard.switches.clearedAs = clearedAs;
        const secret = await client.readSecret("z1", "s1");
        assert.ok(!("description" in secret) && !("metadata" in secret), clearedAs);
      }
    });

    it("treats a member of metadata that is null as absent", async () => {
      const client = await start();
      keycard.edit("s1", { metadata: { team: "a", stage: null, owner: { unit: null, desk: 1 } } });
      const { metadata } = await client.readSecret("z1", "s1");
      assert.deepEqual(metadata, { team: "a", owner: { desk: 1 } });
    });

    it("rejects answers without documented fields", async () => {
      const client = await start({}, { limits: { attemptMs: 500, totalMs: 1_000 } });
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
        assert.match(message, /answered 200 with an unexpected response body/);
        assert.match(message, /Check that the endpoint is the address of Keycard's API/);
      }
    });
  });
});
