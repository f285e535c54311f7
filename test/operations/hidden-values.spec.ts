import assert from "node:assert/strict";
import { SecretProvider } from "../support/dynamic-resource";
import { startKeycard, type Keycard } from "../emulator";
import { assertShowsNone, formsOf } from "../keycard/support";

const PASSWORD = 'planted-"value"/+ü 1%';
const USERNAME = "planted\\user";

describe("a value that the state has", () => {
  const data = { type: "password", username: USERNAME, password: PASSWORD } as const;
  let keycard: Keycard;
  let provider: SecretProvider;

  beforeEach(async () => {
    keycard = await startKeycard();
    keycard.put({ id: "s1", data });
    const message = `bad ${[PASSWORD, USERNAME].flatMap(formsOf).join(" or ")}`;
    keycard.faults.add({ kind: { status: 400, body: { message } }, times: Infinity });
    provider = new SecretProvider();
    const settings: Record<string, string> = {
      "keycard:endpoint": keycard.url,
      "keycard:accessToken": keycard.accessToken,
    };
    const config = { get: (key: string) => settings[key], require: (key: string) => settings[key] ?? "" };
    await provider.configure({ config });
  });
  afterEach(() => keycard.close());

  const state = {
    zoneId: "zone_1",
    entityId: "ent_1",
    name: "n",
    data,
    type: "password",
    version: 1,
    createdAt: "2026-01-02T03:04:05Z",
    updatedAt: "2026-01-02T03:04:05Z",
  } as const;
  const calls = {
    read: () => provider.read("s1", state),
    delete: () => provider.delete("s1", state),
    "read for adoption": () => provider.create({ ...state, adoptId: "s1" }),
    "read after an update in doubt": () =>
      provider.update("s1", { ...state, updatedAt: "unknown" }, { ...state, name: "new" }),
  };
  for (const [what, call] of Object.entries(calls)) {
    it(`no error of a ${what} shows a value that the answer repeats`, async () => {
      const error: unknown = await call().then(
        () => assert.fail("it succeeded"),
        (reason: unknown) => reason,
      );
      assert.match((error as Error).message, /answered 400, saying ".*\[redacted\]/);
      assertShowsNone(error as Error, [PASSWORD, USERNAME]);
    });
  }
});
