import assert from "node:assert/strict";
import { accountOf, clientOf } from "../support";
import { keycard, start, useClient } from "./support";

describe("the client", () => {
  useClient();

  describe("lines for the user", () => {
    it("a line shows neither the client secret nor a control character", async () => {
      await start();
      const notes: string[] = [];
      const client = clientOf(keycard, {
        credentials: accountOf(keycard),
        note: (line) => notes.push(line),
        announce: (line) => notes.push(line),
      });
      const line = `for ${keycard.clientSecret}\u001b[31m`;
      client.note(line);
      client.announce(line);
      assert.deepEqual(notes, ["for [redacted]", "for [redacted]"]);
    });

    it("a line that only informs is a note unless it has a receiver of its own", async () => {
      const [notes, announced]: string[][] = [[], []];
      const note = (line: string) => notes?.push(line);
      await start();
      clientOf(keycard, { note }).announce("first");
      clientOf(keycard, { note, announce: (line) => announced?.push(line) }).announce("second");
      assert.deepEqual([notes, announced], [["first"], ["second"]]);
    });

    it("a line is dropped if nobody receives it", async () => {
      const client = await start();
      client.note("a");
      client.announce("b");
    });

    it("a line is announced once per key", async () => {
      const notes: string[] = [];
      await start();
      const client = clientOf(keycard, { note: (line) => notes.push(line) });
      for (const key of ["a", "b", "a"]) client.announceOnce(key, `about ${key}`);
      assert.deepEqual(notes, ["about a", "about b"]);
    });
  });
});
