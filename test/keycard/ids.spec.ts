import assert from "node:assert/strict";
import { KeycardClient } from "../../provider/keycard/client";
import { LIMITS } from "./support";

describe("an id that no path can hold", () => {
  // Nothing listens on this port: a request would fail with another error.
  const client = new KeycardClient({
    endpoint: "http://127.0.0.1:9",
    credentials: { source: "the test's token", accessToken: "planted-token" },
    userAgent: "test/1",
    limits: LIMITS,
    concurrency: 1,
  });
  const refusalOf = async (zoneId: unknown, id: unknown = "s1") =>
    client.deleteSecret(zoneId as string, id as string).then(
      () => assert.fail("it was sent"),
      (error: Error) => error.message,
    );

  it("is refused before anything is sent, and named", async () => {
    for (const id of ["", ".", ".."]) {
      const shown = id.replaceAll(".", "\\.");
      assert.match(
        await refusalOf("z1", id),
        new RegExp(`^"${shown}" is not a valid secret ID, so nothing was sent`),
      );
      assert.match(
        await refusalOf(id),
        new RegExp(`^"${shown}" is not a valid zone ID, .*Set the zone ID as a string`),
      );
    }
  });

  it("is named by what it is if it is not a text, and not shown if it may hold a value", async () => {
    const shown: [unknown, RegExp][] = [
      [undefined, /^undefined /],
      [null, /^null /],
      [5, /^5 /],
      [true, /^true /],
      [{ planted: 1 }, /^A value of the type object /],
      [() => "planted", /^A value of the type function /],
    ];
    for (const [id, beginning] of shown) {
      const message = id === undefined ? await refusalOf(id, "s1") : await refusalOf("z1", id);
      assert.match(message, beginning);
      assert.doesNotMatch(message, /planted/);
    }
  });
});
