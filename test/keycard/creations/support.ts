import { Creations, KeycardClient, type NewSecret } from "../../../provider/keycard";
import { startKeycard, type Keycard, type KeycardOptions } from "../../emulator";

/** A secret to create. */
export const SECRET: NewSecret = {
  entityId: "ent_1",
  name: "deploy",
  description: "For deployments",
  metadata: { team: "release" },
  data: { type: "token", token: "planted-token" },
};

/** The same as the emulator keeps it. */
export const STORED = {
  entity_id: "ent_1",
  name: "deploy",
  description: "For deployments",
  metadata: { team: "release" },
  data: { type: "token" as const, token: "planted-token" },
};

/** Waits of 30 s, thirty times as fast. */
export const PAUSES_MS = [50, 100, 150, 200, 250, 250];

/** The emulator of the running test, once it was started. */
export let keycard: Keycard;

/** Ends the emulator after each test of a `describe`. */
export function useKeycard(): void {
  afterEach(() => keycard.close());
}

/** Starts the emulator of a test. */
export async function start(options: KeycardOptions = {}): Promise<void> {
  keycard = await startKeycard({ ids: "sequential", ...options });
}

/** What one run of one stack creates with. */
export interface Stack {
  client: KeycardClient;
  creations: Creations;
  notes: string[];
}

/** Begins a run of a stack that knows nothing of any other. */
export function beginRun({
  pausesMs = PAUSES_MS,
  totalMs = 15_000,
  valuesForbiddenBy,
}: { pausesMs?: number[]; totalMs?: number; valuesForbiddenBy?: string | undefined } = {}): Stack {
  const notes: string[] = [];
  const client = new KeycardClient({
    endpoint: keycard.url,
    credentials: { source: "the test", clientId: keycard.clientId, clientSecret: keycard.clientSecret },
    limits: { attemptMs: 1000, totalMs },
    userAgent: "test/1",
    concurrency: 16,
    note: (line) => notes.push(line),
    pausesMs,
    ...(valuesForbiddenBy !== undefined && { valuesForbiddenBy }),
  });
  const advice = { takeOver: "set `adoptId` to its id", startAfresh: "take it out of the state" };
  return { client, creations: new Creations(client, new Set(), advice), notes };
}

/** The ids that the emulator holds. */
export const ids = () => keycard.secrets().map(({ id }) => id);

/** How many requests of a method were made. */
export const count = (wanted: string) => keycard.calls().filter(({ method }) => method === wanted).length;
