import assert from "node:assert/strict";
import type { Switches } from "../emulator";
import {
  answers,
  body,
  keycard,
  password,
  patched,
  SECRETS,
  send,
  start,
  status,
  useEmulator,
} from "./support";

describe("keycard emulator", () => {
  useEmulator();

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

    it("replaces metadata completely by default", async () => {
      assert.deepEqual((await patched({}, { metadata: { b: null } })).metadata, { b: null });
    });

    it("merges metadata key by key, and null removes a key", async () => {
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

    it("increments the version only for data, if so switched", async () => {
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

    it("switches can differ per zone", async () => {
      await start({ switches: { clearing: "null" }, zoneSwitches: { z2: { clearing: "empty" } } });
      keycard.put({ id: "a", zone_id: "z1", description: "old" });
      keycard.put({ id: "b", zone_id: "z2", description: "old" });
      assert.equal(await status("PATCH", "/zones/z1/secrets/a", { description: "" }), 400);
      assert.equal(await status("PATCH", "/zones/z2/secrets/b", { description: "" }), 200);
      keycard.switches.uniqueNames = true;
      for (const code of [201, 409]) assert.equal(await status("POST", "/zones/z2/secrets", body), code);
    });

    it("allows a name twice by default", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, body), 201);
      assert.equal(await status("POST", SECRETS, body), 201);
    });

    it("lists in pages that are linked by a cursor", async () => {
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

    for (const [cursors, ends, counts] of [
      ["same", /^aaa$/, [1, 1, 1]],
      ["turns", /^aba$/, [1, 1, 1]],
      ["fresh", /^([0-9a-f-]{36}){3}$/, [1, 1, 1]],
      ["fresh-empty", /^([0-9a-f-]{36}){3}$/, [1, 0, 0]],
      ["fresh-full", /^([0-9a-f-]{36}){3}$/, [1, 1, 1]],
    ] as const) {
      it(`lists in pages that never end, with ${cursors} cursors`, async () => {
        await start({ switches: { list: "items", cursors } });
        keycard.put({ id: "a", zone_id: "z1" });
        const seen: { ids: string[]; end: string }[] = [];
        for (let page = 0; page < 3; page++) {
          const { data } = await send(
            "GET",
            `${SECRETS}${page === 0 ? "" : `?after=${seen[page - 1]?.end}`}`,
          );
          const { items, page_info } = data as {
            items: { id: string }[];
            page_info: { has_next_page: boolean; end_cursor: string };
          };
          assert.equal(page_info.has_next_page, true);
          seen.push({ ids: items.map(({ id }) => id), end: page_info.end_cursor });
        }
        assert.match(seen.map(({ end }) => end).join(""), ends);
        assert.deepEqual(
          seen.map(({ ids }) => ids.length),
          counts,
        );
        const isFull = cursors === "fresh-full";
        assert.equal(new Set(seen.flatMap(({ ids }) => ids)).size, isFull ? 3 : 1);
      });
    }

    for (const [cursors, end] of [
      ["none", undefined],
      ["empty", ""],
    ] as const) {
      it(`lists a first page whose cursor for the next is ${cursors}`, async () => {
        await start({ switches: { list: "items", pageSize: 1, cursors } });
        for (const id of ["a", "b"]) keycard.put({ id, zone_id: "z1" });
        const { data } = await send("GET", SECRETS);
        const { items, page_info } = data as { items: unknown[]; page_info: Record<string, unknown> };
        assert.deepEqual([items.length, page_info["has_next_page"], page_info["end_cursor"]], [1, true, end]);
      });
    }

    it("can answer 404 to listings", async () => {
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

    it("shows cleared fields in three ways", async () => {
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
});
