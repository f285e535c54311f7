import { isDeepStrictEqual } from "node:util";
import { startKeycard, type LoggedRequest, type StoredSecret } from "../emulator";
import { declaredSecrets, ZONE, type DeclaredSecret } from "./contenders/declared";
import type { RequestKind, Requests } from "./operations";

/** What the process is asked: what it did since it was asked last, and whether it holds what is declared. */
export interface Question {
  secrets: number;
  revision: number;
}

/** What the process tells first. */
export interface Address {
  url: string;
  clientId: string;
  clientSecret: string;
  accessToken: string;
}

/** What the process answers to a {@link Question}. */
export interface Account {
  requests: Requests;
  /** Seconds of the processor, in user and system mode. */
  cpuSeconds: number;
  /** Whether exactly the secrets of the question are there. */
  holds: boolean;
}

void main(Number(process.argv[2]));

/** Runs an emulator for the process that has forked this one, and ends with it. */
async function main(planted: number): Promise<void> {
  const secrets = declaredSecrets(planted, 1).map((secret) => ({ ...wireOf(secret), zone_id: ZONE }));
  const keycard = await startKeycard(planted > 0 ? { ids: "sequential", secrets } : {});
  let since = process.cpuUsage();
  process.on("message", ({ secrets, revision }: Question) => {
    const { user, system } = process.cpuUsage(since);
    const requests = count([...keycard.tokenRequests, ...keycard.requests]);
    keycard.clearLog();
    const holds = isDeepStrictEqual(held(keycard.secrets()), declaredSecrets(secrets, revision).map(wireOf));
    const account: Account = { requests, cpuSeconds: (user + system) / 1e6, holds };
    process.send?.(account, () => (since = process.cpuUsage()));
  });
  process.once("disconnect", () => process.exit());
  const { url, clientId, clientSecret, accessToken } = keycard;
  process.send?.({ url, clientId, clientSecret, accessToken } satisfies Address);
}

function count(requests: LoggedRequest[]): Requests {
  const counts: Requests = {};
  for (const request of requests) {
    const kind = kindOf(request);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function kindOf({ method, path }: LoggedRequest): RequestKind {
  if (!path.startsWith("/zones/")) return "token";
  return method === "GET" && path.endsWith("/secrets") ? "list" : (method.toLowerCase() as RequestKind);
}

/** In the order of their names, as they were made side by side. */
function held(secrets: StoredSecret[]) {
  return secrets
    .map(({ entity_id, name, description, metadata, data }) => ({
      entity_id,
      name,
      description,
      metadata,
      data,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function wireOf({ entityId, name, description, metadata, data }: DeclaredSecret) {
  return { entity_id: entityId, name, description, metadata, data };
}
