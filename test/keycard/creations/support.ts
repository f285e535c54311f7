import { KeycardClient } from "../../../provider/keycard/client";
import { Creations } from "../../../provider/keycard/create-once";
import type { NewSecret } from "../../../provider/keycard/wire";
import { type Keycard, type KeycardOptions, startKeycard } from "../../emulator";

/** A secret to create. */
export const SECRET: NewSecret = {
  entityId: "ent_1",
  name: "deploy",
  description: "For deployments",
  metadata: { team: "release" },
  data: { type: "token", token: "planted-token" },
};

/** The same secret as the emulator stores it. */
export const STORED = {
  entity_id: "ent_1",
  name: "deploy",
  description: "For deployments",
  metadata: { team: "release" },
  data: { type: "token" as const, token: "planted-token" },
};

/** Pauses of 30 s in total, at thirty times the speed. */
export const PAUSES_MS = [50, 100, 150, 200, 250, 250];

/** The emulator of the running test, after the test has started it. */
export let keycard: Keycard;

/** Closes the emulator after each test of a `describe`. */
export function useKeycard(): void {
  afterEach(() => keycard.close());
}

/** Starts the emulator of a test. */
export async function start(options: KeycardOptions = {}): Promise<void> {
  keycard = await startKeycard({ ids: "sequential", ...options });
}

/** What one run of one stack uses to create secrets. */
export interface Stack {
  client: KeycardClient;
  creations: Creations;
  notes: string[];
}

/** Starts a run of a stack that has no memory of any other run. */
export function beginRun({
  pausesMs = PAUSES_MS,
  attemptMs = 1_000,
  totalMs = 15_000,
  valuesForbiddenBy,
}: {
  pausesMs?: number[];
  attemptMs?: number;
  totalMs?: number;
  valuesForbiddenBy?: string | undefined;
} = {}): Stack {
  const notes: string[] = [];
  const client = new KeycardClient({
    endpoint: keycard.url,
    credentials: { source: "the test", clientId: keycard.clientId, clientSecret: keycard.clientSecret },
    limits: { attemptMs, totalMs },
    userAgent: "test/1",
    concurrency: 16,
    note: (line) => notes.push(line),
    pausesMs,
    ...(valuesForbiddenBy !== undefined && { valuesForbiddenBy }),
  });
  const advice = { takeOver: "set `adoptId` to its id", startAfresh: "take it out of the state" };
  return { client, creations: new Creations(client, new Set(), advice), notes };
}

/** The IDs of the secrets in the emulator. */
export const ids = () => keycard.secrets().map(({ id }) => id);

/** The number of requests with a method. */
export const count = (wanted: string) => keycard.calls().filter(({ method }) => method === wanted).length;
