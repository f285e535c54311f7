import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { KeycardOptions } from "../emulator";
import {
  PATH,
  VALUE,
  account,
  assertPlainJson,
  bare,
  create,
  diff,
  failureOf,
  frozen,
  full,
  keycard,
  list,
  nextRun,
  notes,
  provider,
  remove,
  sent,
  start,
  stateNow,
  useProvider,
} from "../support/secret-provider";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const generated = {
  ...bare,
  data: { type: "token", token: { generated: { length: 32 } } },
} as unknown as SecretInputs;

describe("the provider", () => {
  useProvider();

  describe("create", () => {
    it("lists the entity, and sends one POST with every declared argument", async () => {
      await start();
      const { id, outs } = await create(full);
      const { name, description, metadata, data } = full;
      assert.deepEqual(keycard.calls(), [
        list,
        { method: "POST", path: PATH, body: { name, description, metadata, data, entity_id: "ent_1" } },
      ]);
      assert.equal(keycard.tokenRequests.length, 1);
      assert.equal(id, "sec_1");
      assert.deepEqual(outs, stateNow());
      assert.deepEqual(outs, {
        ...full,
        type: "token",
        version: 1,
        createdAt: keycard.secret("sec_1")?.created_at,
        updatedAt: keycard.secret("sec_1")?.updated_at,
      });
      assertPlainJson(outs);
    });

    it("sends no argument that is not declared", async () => {
      await start();
      const { outs } = await create({ ...bare, data: account });
      assert.deepEqual(keycard.calls(), [
        list,
        { method: "POST", path: PATH, body: { name: "github", entity_id: "ent_1", data: account } },
      ]);
      assert.deepEqual(Object.keys(outs), [
        "zoneId",
        "entityId",
        "name",
        "data",
        "type",
        "version",
        "createdAt",
        "updatedAt",
      ]);
    });

    for (const clearedAs of ["absent", "null", "empty"] as const) {
      it(`returns plain JSON if Keycard shows absent fields ${clearedAs}`, async () => {
        await start({ switches: { clearedAs } });
        const { outs } = await create(bare);
        assert.deepEqual(outs, stateNow());
        assertPlainJson(outs);
      });
    }

    it("shares no object with its arguments", async () => {
      await start();
      const inputs = sent(full);
      const { outs } = (await provider.create(inputs)) as { outs: SecretState };
      assert.notEqual(outs.data, inputs.data);
      assert.notEqual(outs.metadata, inputs.metadata);
    });

    it("encodes odd ids in every path", async () => {
      await start({ ids: () => "se/c ?ü#1" });
      const inputs = { ...bare, zoneId: "zo/ne ?ü#1" };
      const { id, outs: state } = await create(inputs);
      await provider.read(id, sent(state));
      await provider.update(id, sent(state), sent({ ...inputs, name: "gitlab" }));
      await provider.delete(id, sent(state));
      const one = "/zones/zo%2Fne%20%3F%C3%BC%231/secrets/se%2Fc%20%3F%C3%BC%231";
      assert.deepEqual(keycard.calls(), [
        { method: "GET", path: "/zones/zo%2Fne%20%3F%C3%BC%231/secrets" },
        {
          method: "POST",
          path: "/zones/zo%2Fne%20%3F%C3%BC%231/secrets",
          body: { name: "github", entity_id: "ent_1", data: bare.data },
        },
        { method: "GET", path: "/zones/zo%2Fne%20%3F%C3%BC%231/secrets" },
        { method: "PATCH", path: one, body: { name: "gitlab" } },
        { method: "DELETE", path: one },
      ]);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("sends the package's version and a request id", async () => {
      await start();
      const { outs } = await create(bare);
      await remove(outs);
      const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, string>;
      const all = [...keycard.requests, ...keycard.tokenRequests];
      const agents = all.map(({ headers }) => headers["user-agent"]);
      assert.deepEqual(new Set(agents), new Set([`${name}/${version}`]));
      assert.ok(all.every(({ requestId }) => UUID.test(requestId ?? "")));
      assert.equal(new Set(all.map(({ requestId }) => requestId)).size, 4);
    });

    it("requests one token and one listing for thirty secrets", async () => {
      await start();
      const names = Array.from({ length: 30 }, (_, index) => `secret-${index}`);
      const results = await Promise.all(names.map((name) => create({ ...bare, name })));
      assert.equal(new Set(results.map(({ id }) => id)).size, 30);
      assert.deepEqual([keycard.requests.length, keycard.tokenRequests.length], [31, 1]);
    });

    it("records nothing if Keycard rejects the create", async () => {
      await start();
      keycard.faults.add({ method: "POST", kind: { status: 400, body: { message: `not ${VALUE}` } } });
      const error = await failureOf(create(full));
      assert.match(error.message, /^Could not create the secret: POST \/zones\/zone_1\/secrets answered 400/);
      assert.deepEqual(
        [error["id"], error["properties"], error["reasons"]],
        [undefined, undefined, undefined],
      );
      assert.deepEqual(keycard.secrets(), []);
    });
  });

  describe("create beside a secret that an interrupted run may have left", () => {
    /** The entity has a secret of that content, which no state has. */
    async function left(args: SecretInputs, options: KeycardOptions = {}) {
      await start(options);
      const { id } = await create(args);
      nextRun();
      keycard.clearLog();
      return { id, createdAt: keycard.secret(id)?.created_at };
    }
    const about = (id: string) => notes.filter((note) => note.includes(id));

    for (const [what, args] of Object.entries({ full, bare, generated }))
      it(`names both and what to do, and reads no value: ${what}`, async () => {
        const { id, createdAt } = await left(args);
        const made = await create(args);
        assert.notEqual(made.id, id);
        assert.deepEqual(notes, [
          `Created ${made.id} as the secret "github" of entity ent_1 in zone zone_1, which already had ${id} with the same name ` +
            `and description, created at ${createdAt}. If you replace it, this run deletes it. If an interrupted run of this stack created it, nobody uses ${id}: ` +
            "delete it in Keycard. If it belongs to somebody else, leave it.",
        ]);
        assert.deepEqual(
          keycard.calls().map(({ method, path }) => [method, path]),
          [
            ["GET", PATH],
            ["POST", PATH],
          ],
        );
        assert.equal(keycard.secrets().length, 2);
      });

    it("says nothing of one that differs in what a listing shows, or is in another entity", async () => {
      const { id } = await left(full);
      for (const other of [
        { description: "Other" },
        { metadata: { team: "build" } },
        { name: "b" },
        { data: account },
      ])
        await create({ ...full, ...other });
      await create({ ...full, entityId: "ent_2" });
      assert.deepEqual(about(id), []);
    });

    it("says nothing of one that this stack manages or replaces", async () => {
      const { id } = await left(full);
      const state = stateNow();
      await provider.check(frozen(full), sent(full));
      await create(full);
      assert.deepEqual([notes, keycard.calls().length], [[], 1]);
      nextRun();
      await diff(state, full);
      await create(full);
      assert.deepEqual(about(id), []);
    });

    it("creates without a word if the secrets cannot be listed", async () => {
      for (const status of [403, 404, 500]) {
        await left(full);
        keycard.faults.add({ method: "GET", kind: { status } });
        assert.equal((await create(full)).id, "sec_2");
        assert.deepEqual([notes, keycard.calls().length], [[], 2]);
        await keycard.close();
      }
      await start();
    });

    it("waits five seconds at most for the listing", async () => {
      await left(full);
      keycard.faults.add({ method: "GET", kind: { delayMs: 60_000 } });
      const begun = performance.now();
      assert.equal((await create(full)).id, "sec_2");
      assert.ok(performance.now() - begun < 12_000);
    });
  });
});
