import assert from "node:assert/strict";
import type { Switches } from "../emulator";
import { answers, body, keycard, SECRETS, start, useEmulator } from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("switches on normalisation", () => {
    const metadata = { Team: " a ", n: 1, none: null, o: { x: "", y: null } };
    const own = (at: string) => ({ ...metadata, o: { ...metadata.o, stampedBy: at }, source: "api" });
    const sent = { name: " E\u0301  n ", description: `${"é".repeat(70)} `, metadata };
    const CASES: [Partial<Switches>, object][] = [
      [{}, sent],
      [{ texts: "trimmed" }, { name: "E\u0301  n", description: "é".repeat(70) }],
      [{ texts: "nfc" }, { name: " É  n " }],
      [{ texts: "lower-case" }, { name: " e\u0301  n " }],
      [{ texts: "collapsed" }, { name: " E\u0301 n " }],
      [{ texts: "cut" }, { description: "é".repeat(64) }],
      [{ metadataValues: "trimmed" }, { metadata: { ...metadata, Team: "a" } }],
      [{ metadataValues: "as-text" }, { metadata: { ...metadata, n: "1" } }],
      [{ metadataValues: "lower-case-keys" }, { metadata: { team: " a ", n: 1, none: null, o: metadata.o } }],
      [{ metadataValues: "without-empty" }, { metadata: { ...metadata, o: { y: null } } }],
      [{ metadataNulls: "dropped" }, { metadata: { Team: " a ", n: 1, o: { x: "" } } }],
      [{ ownMetadata: "always" }, { metadata: own("create") }],
      [{ ownMetadata: "on-create" }, { metadata: own("create") }],
      [{ ownMetadata: "on-update" }, {}],
    ];
    for (const [switches, kept] of CASES) {
      it(`a created secret is stored as ${JSON.stringify(switches)} says, and the answer may have what was sent`, async () => {
        for (const answersTo of ["kept", "sent"] as const) {
          await start({ switches: { ...switches, answersTo } });
          const [, answer] = await answers("POST", SECRETS, { ...body, ...sent });
          const { name, description, metadata } = keycard.secret("sec_1") ?? assert.fail();
          assert.deepEqual({ name, description, metadata }, { ...sent, ...kept });
          const shown = answer as typeof sent;
          const expected = answersTo === "sent" ? sent : { ...sent, ...kept };
          assert.deepEqual(
            { name: shown.name, description: shown.description, metadata: shown.metadata },
            expected,
          );
          await keycard.close();
        }
        await start();
      });
    }

    it("a PATCH is normalised, and keys are added after it", async () => {
      await start({
        switches: { texts: "trimmed", ownMetadata: "on-update", metadataNulls: "dropped", metadata: "merge" },
      });
      keycard.put({ id: "s", zone_id: "z1", name: "old", metadata: { a: 1 } });
      const [, answer] = await answers("PATCH", `${SECRETS}/s`, {
        name: " new ",
        metadata: { a: null, b: {} },
      });
      assert.deepEqual(
        { name: "new", metadata: { a: 1, b: { stampedBy: "update" }, source: "api" } },
        { name: (answer as { name: string }).name, metadata: keycard.secret("s")?.metadata },
      );
    });
  });
});
