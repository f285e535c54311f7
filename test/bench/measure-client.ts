import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { BenchEmulator } from "./bench-emulator";
import type { ClientTask } from "./client-process";
import type { ClientPair, ClientRate } from "./results";

const SECRETS = 100;
const WARM_UP = 2_000;
const CONCURRENCY = 16;

/** The number of requests in each half of a pair. */
export const CLIENT_REQUESTS = 10_000;

/** Runs our client and a bare loop in turn against one emulator, each in a process of its own. */
export async function measureClient(
  pairs: number,
  measured: (pair: ClientPair) => void,
): Promise<ClientPair[]> {
  const emulator = await BenchEmulator.start(SECRETS);
  const rate = async (client: ClientTask["client"]) => {
    const requests = CLIENT_REQUESTS;
    const sizes = { secrets: SECRETS, requests, warmUp: WARM_UP, concurrency: CONCURRENCY };
    const result = await runTask({ ...emulator.address, ...sizes, client });
    // Its log would grow and slow down later requests.
    const { holds } = await emulator.account({ secrets: SECRETS, revision: 1 });
    if (!holds) throw new Error("The emulator lost its secrets");
    return result;
  };
  try {
    // Warms up the emulator.
    await rate("axios");
    const results: ClientPair[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const first = pair % 2 === 0 ? "ours" : "axios";
      const rates = { [first]: await rate(first) } as unknown as ClientPair;
      const second = first === "ours" ? "axios" : "ours";
      rates[second] = await rate(second);
      results.push(rates);
      measured(rates);
    }
    return results;
  } finally {
    await emulator.stop();
  }
}

async function runTask(task: ClientTask): Promise<ClientRate> {
  const child = fork(join(__dirname, "client-process.ts"), [JSON.stringify(task)]);
  const exited = once(child, "exit");
  const failed = exited.then(() => {
    throw new Error(`The process of the client ${task.client} said nothing`);
  });
  const [rate] = (await Promise.race([once(child, "message"), failed])) as [ClientRate];
  await exited;
  return rate;
}
