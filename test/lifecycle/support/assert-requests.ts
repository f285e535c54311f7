import assert, { AssertionError } from "node:assert/strict";
import { requestLine, type Keycard } from "../../emulator";

const SECRETS = /^\/zones\/[^/]+\/secrets/;

/**
 * Runs a command, and asserts how many requests of each kind it makes.
 *
 * @param expected - by method; `list` is a listing, and `token` a request for a token
 * @throws an AssertionError that also prints the requests
 */
export async function assertRequests(
  keycard: Keycard,
  run: () => Promise<unknown>,
  expected: Record<string, number>,
): Promise<void> {
  keycard.clearLog();
  await run();
  const { tokenRequests, requests } = keycard;
  const counts: Record<string, number> = {};
  for (const { method, path } of [...tokenRequests, ...requests]) {
    const isList = method === "GET" && path.endsWith("/secrets");
    const kind = isList ? "list" : SECRETS.test(path) ? method : "token";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  try {
    assert.deepEqual(counts, expected);
  } catch (error) {
    const lines = [...tokenRequests, ...requests].map(requestLine);
    const message = [(error as Error).message, "The requests were:", ...lines].join("\n  ");
    throw new AssertionError({ message, actual: counts, expected, operator: "deepStrictEqual" });
  }
}
