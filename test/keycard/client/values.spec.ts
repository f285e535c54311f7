import assert from "node:assert/strict";
import type { Data } from "../../../provider/keycard/wire";
import type { FaultKind } from "../../emulator";
import { assertShowsNone, clientOf, errorOf, formsOf } from "../support";
import { NEW, keycard, start, startWithAccount, useClient } from "./support";

describe("the client", () => {
  useClient();

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

    it("no error shows the values of a create", async () => {
      const client = await start();
      for (const kind of refusals) {
        keycard.faults.add({ kind });
        const error = await errorOf(client.createSecret("z1", { ...NEW, data }));
        assertShowsNone(error, [...values, keycard.accessToken]);
      }
    });

    it("no error shows a token that was sent", async () => {
      const client = await start();
      const token = { type: "token", token: SECRET } as const;
      for (const make of [
        () => client.createSecret("z1", { ...NEW, data: token }),
        () => client.patchSecret("z1", "s1", { data: token }),
      ]) {
        keycard.faults.add({ kind: { status: 400, body: { message: `bad ${SECRET}` } } });
        const error = await errorOf(make());
        assert.match(error.message, /saying "bad \[redacted\]"/);
        assertShowsNone(error, [SECRET]);
      }
    });

    it("no error shows the parts of a value that are known, if others are by reference", async () => {
      const client = await start();
      const data = { type: "password", username: "planted-user" } as Data;
      keycard.faults.add({ kind: { status: 400, body: { message: "bad planted-user" } } });
      const error = await errorOf(client.createSecret("z1", { ...NEW, data }));
      assert.match(error.message, /saying "bad \[redacted\]"/);
    });

    it("no error shows the values of an update", async () => {
      const client = await start({}, { limits: { attemptMs: 500, totalMs: 800 } });
      for (const kind of refusals) {
        const fault = keycard.faults.add({ kind, times: 99 });
        assertShowsNone(await errorOf(client.patchSecret("z1", "s1", { data })), [
          ...values,
          keycard.accessToken,
        ]);
        fault.remove();
      }
    });

    it("no error shows values that were read", async () => {
      const client = await start({}, { limits: { attemptMs: 500, totalMs: 800 } });
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

    it("no error shows values that were known before", async () => {
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

    it("no error shows the credentials", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      const bearer = keycard.requests[0]?.headers.authorization?.split(" ")[1] ?? assert.fail();
      const message = `no ${formsOf(bearer).join(" ")} of ${formsOf(keycard.clientSecret).join(" ")}`;
      keycard.faults.add({ kind: { status: 403, body: { message } } });
      assertShowsNone(await errorOf(client.readSecret("z1", "s1")), [bearer, keycard.clientSecret]);
    });
  });
});
