import { Agent } from "node:http";
import { join } from "node:path";
import axios from "axios";
import type * as network from "../../provider/network";
import { ZONE } from "./contenders/declared";
import type { Address } from "./emulator-process";
import type { ClientRate } from "./results";

const BUILT_CLIENT = join(__dirname, "../../dist/network");

/** The task of a client process. */
export interface ClientTask extends Address {
  client: "ours" | "axios";
  /** The number of secrets to read, one after the other and again. */
  secrets: number;
  requests: number;
  warmUp: number;
  /** The number of requests at once. */
  concurrency: number;
}

type ReadSecret = (id: string) => Promise<unknown>;

void main(JSON.parse(process.argv[2] ?? "") as ClientTask);

/** Reads secrets as fast as the client can, and reports the rate. */
async function main(task: ClientTask): Promise<void> {
  const read = task.client === "ours" ? ours(task) : bareLoop(task);
  await readAll(read, task, task.warmUp);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await readAll(read, task, task.requests);
  const { user, system } = process.cpuUsage(cpu);
  const rate: ClientRate = {
    requestsPerSecond: Math.round((task.requests / (performance.now() - begun)) * 1000),
    cpuMicrosecondsPerRequest: Math.round((user + system) / task.requests),
  };
  process.send?.(rate, () => process.exit());
}

async function readAll(read: ReadSecret, { secrets, concurrency }: ClientTask, requests: number) {
  let next = 0;
  const worker = async () => {
    while (next < requests) await read(`sec_${(next++ % secrets) + 1}`);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function ours({ url, clientId, clientSecret, concurrency }: ClientTask): ReadSecret {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { connect } = require(BUILT_CLIENT) as typeof network;
  const client = connect(() => undefined, {
    KEYCARD_ENDPOINT: url,
    KEYCARD_CLIENT_ID: clientId,
    KEYCARD_CLIENT_SECRET: clientSecret,
    KEYCARD_CONCURRENCY: String(concurrency),
  });
  return (id) => client.readSecret(ZONE, id);
}

function bareLoop({ url, accessToken, concurrency }: ClientTask): ReadSecret {
  const http = axios.create({
    baseURL: url,
    httpAgent: new Agent({ keepAlive: true, maxSockets: concurrency }),
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  return async (id) => (await http.get<unknown>(`/zones/${ZONE}/secrets/${id}`)).data;
}
