import sinon from "sinon";
import type { ClientOptions, KeycardClient } from "../../../provider/keycard/client";
import { isNotFound } from "../../../provider/keycard/http/errors";
import type { NewSecret } from "../../../provider/keycard/wire";
import { type Keycard, type KeycardOptions, startKeycard } from "../../emulator";
import { accountOf, clientOf } from "../support";

/** The path of all secrets. */
export const SECRETS = "/zones/z1/secrets";
/** A valid secret. */
export const NEW: NewSecret = { entityId: "e1", name: "n", data: { type: "token", token: "planted-token" } };

/** The request that creates it. */
export const POST = {
  method: "POST",
  path: SECRETS,
  body: { name: "n", data: { type: "token", token: "planted-token" }, entity_id: "e1" },
};
/** The request that reads the first secret. */
export const GET = { method: "GET", path: `${SECRETS}/s1` };
/** The request that renames it. */
export const PATCH = { method: "PATCH", path: `${SECRETS}/s1`, body: { name: "new" } };
/** The request that deletes it. */
export const DELETE = { method: "DELETE", path: `${SECRETS}/s1` };

/** The calls that can be retried, each with the request that it sends. */
export const REPEATABLE = [
  { request: GET, make: (client: KeycardClient) => client.readSecret("z1", "s1") },
  { request: PATCH, make: (client: KeycardClient) => client.patchSecret("z1", "s1", { name: "new" }) },
  { request: DELETE, make: deleteTwice },
];

/** Deletes the secret. A 404 counts as success, because the first attempt may have deleted it. */
async function deleteTwice(client: KeycardClient): Promise<void> {
  await client.deleteSecret("z1", "s1").catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** The emulator of the running test, after the test has started it. */
export let keycard: Keycard;

/**
 * Disables the pauses between attempts in the tests of a `describe`, and closes the emulator after each test. The tests
 * start it, each with its own options.
 */
export function useClient(): void {
  beforeEach(() => sinon.stub(Math, "random").returns(0));
  afterEach(async () => {
    sinon.restore();
    await keycard.close();
  });
}

/** Starts an emulator with one secret, `s1` in zone `z1`, and creates a client with a valid token for it. */
export async function start(options: KeycardOptions = {}, clientOptions: Partial<ClientOptions> = {}) {
  keycard = await startKeycard({ ids: "sequential", ...options });
  keycard.put({ id: "s1", zone_id: "z1", name: "one" });
  return clientOf(keycard, clientOptions);
}

/** The same with a client that requests its own tokens. */
export async function startWithAccount(options: KeycardOptions = {}) {
  await start(options);
  return clientOf(keycard, { credentials: accountOf(keycard) });
}

/** The status of each request so far. */
export const statuses = () => keycard.requests.map(({ status }) => status);
