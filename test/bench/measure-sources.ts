import { BenchEmulator } from "./bench-emulator";
import { declaredSecrets, variableOf } from "./contenders/declared";
import type { Measuring } from "./measure";
import type { Operation } from "./operations";
import type { SourceTimes } from "./results";

/** The number of secrets whose values are inline or in variables. */
export const MANY = 1000;

/** The number of secrets with a command each, which takes a second. */
export const COMMANDS = 50;

const DOORS = ["ours", "native"] as const;
const NAMES = ["inline", "fromEnv"] as const;

/**
 * Compares, through each door and in turns, values from variables with inline ones, and commands that run side by side with
 * commands that run one after the other.
 *
 * @param times - the number of previews of many secrets. Commands are measured once, because they wait most of the time
 */
export async function measureSources(
  measuring: Measuring,
  times: number,
  measured: (one: SourceTimes) => void,
): Promise<SourceTimes[]> {
  const emulator = await BenchEmulator.start();
  try {
    const all: SourceTimes[] = [];
    for (const door of DOORS) {
      const one: SourceTimes = { door, inline: [], fromEnv: [], serial: {}, parallel: {} };
      const values = declaredSecrets(MANY, 1).map((secret) => [variableOf(secret), secret.data.token]);
      const variables = { BENCH_SOURCE: "fromEnv", ...Object.fromEntries(values) } as Record<string, string>;
      const open = (count: number, env: Record<string, string>) =>
        measuring.openStack(door, count, { ...emulator.env, ...env });
      const [inline, fromEnv] = [await open(MANY, {}), await open(MANY, variables)];
      for (let time = 0; time < times; time++) {
        const turn = async (name: "inline" | "fromEnv") =>
          one[name].push(rounded((await { inline, fromEnv }[name].run("preview")).seconds));
        for (const name of time % 2 ? NAMES : NAMES.toReversed()) await turn(name);
      }
      for (const [name, reads] of [
        ["serial", "1"],
        ["parallel", "8"],
      ] as const) {
        const env = { BENCH_SOURCE: "fromCommand", KEYCARD_PARALLEL_READS: reads };
        const stack = await open(COMMANDS, env);
        await stack.run("create");
        for (const operation of ["preview", "unchanged"] as const satisfies Operation[]) {
          one[name][operation] = rounded((await stack.run(operation)).seconds);
        }
        await stack.close();
      }
      await inline.close();
      await fromEnv.close();
      all.push(one);
      measured(one);
    }
    return all;
  } finally {
    await emulator.stop();
  }
}

const rounded = (seconds: number) => Number(seconds.toFixed(2));
