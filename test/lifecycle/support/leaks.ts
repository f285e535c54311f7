import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { AWKWARD, shownIn, type Planted } from "./planted";
import type { RunResult } from "./run-result";
import type { Scene } from "./scene";

const { token, username, password, pin } = AWKWARD;

/** The data of a secret whose values are hard to hide. Its type depends on the turn. */
export function dataOf(turn: number): SecretArgs["data"] {
  if (turn % 5 === 4) return { type: "password", username, password: pin };
  return turn % 2 === 0 ? { type: "token", token } : { type: "password", username, password };
}

/** Options of a scene that logs everything, and whose client authenticates with a value that is hard to hide. */
export const options = (attemptS: number, totalS: number) => ({
  clientSecret: AWKWARD.clientSecret,
  env: { KEYCARD_LOG: "debug" },
  config: {
    "keycard-secrets:attemptTimeoutSeconds": String(attemptS),
    "keycard-secrets:totalTimeoutSeconds": String(totalS),
  },
});

/** The values that nothing may show, including the credentials in the requests. */
function plantedIn({ keycard }: Scene): Planted {
  const headers = [...keycard.tokenRequests, ...keycard.requests].map(({ headers }) => headers.authorization);
  const credentials = [...new Set(headers)].flatMap((header) => header?.split(" ")[1] ?? []);
  assert.ok(credentials.every((credential) => credential.length > 20));
  return { ...AWKWARD, ...Object.fromEntries(credentials.map((text, i) => [`credential ${i}`, text])) };
}

/** Searches the results of runs, and everything that was printed and stored. */
export async function assertShowsNone(scene: Scene, runs: RunResult[]): Promise<void> {
  // With --debug, the SDK itself prints every property of every resource.
  const events = runs.flatMap((run) =>
    run.events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug"),
  );
  const texts = [scene.stack.allText(), JSON.stringify(events), await scene.stack.everyFile()];
  for (const text of texts) assert.deepEqual(shownIn(text, plantedIn(scene)), []);
}
