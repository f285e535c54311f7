import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { resolve } from "node:path";
import axios from "axios";
import type * as network from "../../provider/network";
import { HiddenValues, safeMessage, safeText } from "../../provider/safety/redact";
import { runCommand } from "../engine/run-command";
import { startKeycard, type Keycard } from "../emulator";
import { declaredSecrets, ZONE } from "./contenders/declared";
import type { Sample } from "./results";

const SECRETS = 100;
const CONCURRENCY = 16;

/** Where a client finds the emulator. */
type Address = Pick<Keycard, "url" | "clientId" | "clientSecret" | "accessToken">;

if (require.main === module) {
  const [name = "", ...args] = process.argv.slice(2);
  const task = name === "redaction" ? redactAll() : readAll(name, ...args);
  void task.then((figures) => process.stdout.write(JSON.stringify(figures), () => process.exit()));
}

async function runTask(node: string, ...task: string[]): Promise<unknown> {
  const args = [...process.execArgv, __filename, ...task];
  return JSON.parse(await runCommand(node, args, { timeoutMs: 600_000 }));
}

/** Reads with the package's client and with a bare loop of axios, in turns. */
export async function measureClient(node: string, turns: number, reads: number): Promise<Sample[]> {
  const secrets = declaredSecrets(SECRETS, 1).map(({ zoneId, entityId, ...rest }) => {
    return { ...rest, zone_id: zoneId, entity_id: entityId };
  });
  const keycard = await startKeycard({ ids: "sequential", secrets });
  const { url, clientId, clientSecret, accessToken } = keycard;
  const address = JSON.stringify({ url, clientId, clientSecret, accessToken } satisfies Address);
  const samples: Sample[] = [];
  try {
    // The first of them warms up the emulator.
    for (let turn = 0; turn <= turns; turn++) {
      for (const who of turn % 2 ? ["ours", "axios"] : ["axios", "ours"]) {
        const figures = (await runTask(node, who, String(reads), address)) as object;
        // It would grow, and slow down later requests.
        keycard.clearLog();
        if (turn > 0) samples.push({ operation: "client", size: reads, who, turn, ...figures });
      }
    }
    return samples;
  } finally {
    await keycard.close();
  }
}

/** Reads secrets as fast as a client can. */
async function readAll(who: string, reads?: string, address = ""): Promise<object> {
  const read = readerOf(who, JSON.parse(address) as Address);
  const run = async (count: number) => {
    let next = 0;
    const worker = async () => {
      while (next < count) await read(`sec_${(next++ % SECRETS) + 1}`);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  };
  await run(Number(reads) / 5);
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await run(Number(reads));
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** How a client reads a secret. */
function readerOf(
  who: string,
  { url, clientId, clientSecret, accessToken }: Address,
): (id: string) => unknown {
  if (who === "ours") {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { connect } = require(resolve(__dirname, "../../dist/network")) as typeof network;
    const env = { KEYCARD_ENDPOINT: url, KEYCARD_CLIENT_ID: clientId, KEYCARD_CLIENT_SECRET: clientSecret };
    const client = connect(() => undefined, { ...env, KEYCARD_CONCURRENCY: String(CONCURRENCY) });
    return (id) => client.readSecret(ZONE, id);
  }
  const httpAgent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const http = axios.create({ baseURL: url, httpAgent, headers: { Authorization: `Bearer ${accessToken}` } });
  return async (id) => (await http.get<unknown>(`/zones/${ZONE}/secrets/${id}`)).data;
}

/** Measures how values are kept out of messages and logs. */
export async function measureRedaction(node: string): Promise<Sample[]> {
  return (await runTask(node, "redaction")) as Sample[];
}

function redactAll(): Promise<Sample[]> {
  const timed = (operation: string, size: number, run: () => void): Sample[] =>
    [1, 2, 3, 4, 5].map((turn) => {
      const begun = performance.now();
      run();
      return { operation, size, who: "ours", turn, seconds: (performance.now() - begun) / 1000 };
    });
  // Searches a command's stderr, as much of it as is in a message, for what it wrote to stdout.
  const redactions = [50, 500].flatMap((kilobytes) => {
    const lines = Array.from(
      { length: kilobytes * 25 },
      (_, index) => `line ${index} of a command, ${index * 7}`,
    );
    const text = lines.join(" ").slice(-16_000);
    return timed("redaction", kilobytes, () => safeText(text, lines));
  });
  // Searches the request log of a run for the values of its secrets.
  const requests = Array.from({ length: 10_000 }, () => `GET /zones/z/secrets/${randomUUID()} 200 12 ms`);
  const logs = [200, 2000].flatMap((values) => {
    const hidden = Array.from({ length: values }, () => randomUUID());
    return timed("log", values, () => {
      const searched = new HiddenValues(hidden);
      for (const line of requests) safeMessage(line, searched);
    });
  });
  return Promise.resolve([...redactions, ...logs]);
}
