import { isDeepStrictEqual } from "node:util";
import { startKeycard, type LoggedRequest, type StoredSecret } from "../emulator";
import { declaredSecrets, ZONE, type DeclaredSecret } from "./contenders/declared";
import type { RequestKind, Requests } from "./operations";

/** A question to the process: what it did since the last one, and whether it has what is declared. */
export interface Question {
  secrets: number;
  revision: number;
}

/** The first message of the process. */
export interface Address {
  url: string;
  clientId: string;
  clientSecret: string;
  accessToken: string;
}

/** The answer to a {@link Question}. */
export interface Account {
  requests: Requests;
  /** Processor seconds, in user and system mode. */
  cpuSeconds: number;
  /** Whether it has exactly the secrets of the question. */
  holds: boolean;
}

void main(Number(process.argv[2]));

/** Runs an emulator for the parent process, and ends with it. */
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

/** In the order of their names, because they were created in parallel. */
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
