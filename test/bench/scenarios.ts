import { cpus, loadavg } from "node:os";
import { closeAll } from "../support/close-all";
import { declaredSecrets, variableOf, ZONE } from "./contenders/declared";
import { measureClient, measureRedaction } from "./parts";
import type { Sample, Scenario } from "./results";
import { BenchStack, childrenCpuSeconds, rounded, type Operation, type Setting, type Tools } from "./stack";

/** The contenders, in the order of tables and charts. */
export const CONTENDERS = ["noop", "ours", "native", "conventional"] as const;
/** The two resources of the package. */
export const OURS = ["ours", "native"] as const;

/** The operations in their order, with the number of runs in each turn. Those with 0 run once, unmeasured. */
type Steps = Partial<Record<Operation, number>>;

/** A part of the bench whose figures are saved when it ends. */
export interface Planned {
  name: string;
  measure: (tools: Tools) => Promise<Sample[]>;
}

/** What the bench measures. A quick one takes a tenth of the secrets and one turn, to see that everything works. */
export function planOf(isQuick: boolean): Planned[] {
  const few = (count: number) => (isQuick ? Math.max(1, count / 10) : count);
  const once = (count: number) => (isQuick ? 1 : count);
  const stacks = (name: string, size: number, settings: Setting[], steps: Steps, turns = 1): Planned => {
    const runs = Object.entries(steps).map(([step, times]) => [step, isQuick ? Math.min(1, times) : times]);
    const measured = Object.fromEntries(runs) as Steps;
    return { name, measure: (tools) => measureStacks(tools, few(size), settings, measured, once(turns)) };
  };
  const values = declaredSecrets(few(1000), 1).map((secret) => [variableOf(secret), secret.data.token]);
  const variables = { BENCH_ARGS: "fromEnv", ...(Object.fromEntries(values) as object) };
  const commands = { BENCH_ARGS: "fromCommand" };
  const serial = { ...commands, KEYCARD_PARALLEL_READS: "1" };
  const minimal = { BENCH_ARGS: "minimal", KEYCARD_ZONE_ID: ZONE };
  const settings = {
    one: (["empty", "ours", "native"] as const).map(contender),
    minimal: ofBoth("minimal", minimal),
    variables: [...ofBoth("inline", {}), ...ofBoth("fromEnv", variables)],
    commands: [...ofBoth("one at a time", serial), ...ofBoth("fromCommand", commands)],
  };
  return [
    { name: "client", measure: ({ node }) => measureClient(node, once(5), few(10_000)) },
    { name: "redaction", measure: ({ node }) => measureRedaction(node) },
    stacks("one secret", 1, settings.one, { create: 0, preview: 5 }),
    stacks("least state", 100, settings.minimal, { create: 1 }),
    stacks("compiled code", 10, COMPILED, { create: 0, preview: 5 }),
    // The CLI alone takes half a minute to show so many creations.
    stacks("values from variables", 1000, settings.variables, { preview: 2 }),
    // Each command waits for a second, so these times differ little.
    stacks("values from commands", 50, settings.commands, { create: 0, preview: 1, unchanged: 1 }),
    stacks("10 secrets", 10, [...THREE, conventional(2)], all(1), 5),
    stacks("100 secrets", 100, [...THREE, conventional(2)], all(2), 4),
    stacks("1,000 secrets", 1000, THREE, all(3)),
    // Each of its other operations would take minutes, too.
    stacks("1,000 secrets, conventional", 1000, [conventional(1)], { create: 1 }),
  ];
}

const contender = (program: Setting["program"]): Setting => ({ who: program, program });
const conventional = (turns: number): Setting => ({ ...contender("conventional"), turns });
const THREE = (["noop", "ours", "native"] as const).map(contender);

function ofBoth(name: string, env: Record<string, string>, cache?: Setting["cache"]): Setting[] {
  return OURS.map((program) => ({ who: `${program}, ${name}`, program, env, ...(cache && { cache }) }));
}

/** Where compiled code is kept: nowhere, by the plugin for itself, and by every process. */
export const COMPILED: Setting[] = [
  ...ofBoth("nowhere", { NODE_DISABLE_COMPILE_CACHE: "1" }),
  ...ofBoth("by the plugin, cold", {}, { variable: "XDG_CACHE_HOME", isCold: true }).slice(1),
  ...ofBoth("by the plugin, warm", {}, { variable: "XDG_CACHE_HOME", isCold: false }).slice(1),
  ...ofBoth("everywhere, cold", {}, { variable: "NODE_COMPILE_CACHE", isCold: true }),
  ...ofBoth("everywhere, warm", {}, { variable: "NODE_COMPILE_CACHE", isCold: false }),
];

/** @param idle - the runs of those that vary most, and take least */
function all(idle: number): Steps {
  return { create: 1, unchanged: idle, preview: idle, update: 1, refresh: 1, destroy: 1 };
}

/** Prints a line on stderr. */
export const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

/** Runs each program on one secret, which fills the caches of the system for all of them. */
export async function warmUp(tools: Tools): Promise<void> {
  await measureStacks(tools, 1, CONTENDERS.map(contender), { create: 1, preview: 1 }, 1);
}

/** Measures a scenario, and how busy the machine was. */
export async function measureScenario({ name, measure }: Planned, tools: Tools): Promise<Scenario> {
  const [at, load = 0, before] = [new Date(), loadavg()[0], othersSeconds()];
  const samples = await measure(tools);
  const seconds = (Date.now() - at.getTime()) / 1000;
  const others = before === null ? null : (Number(othersSeconds()) - before) / seconds;
  const machine = { minutes: rounded(seconds / 60), load, others: others && rounded(others) };
  return { name, at: at.toISOString(), ...machine, samples };
}

/** Processor seconds of the machine so far, less those of this process and of its children that have ended. */
function othersSeconds(): number | null {
  if (process.platform !== "linux") return null;
  const all = cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
  const { user, system } = process.cpuUsage();
  return all / 1000 - (user + system) / 1e6 - childrenCpuSeconds();
}

/** Runs the CLI on a stack of each setting. In each step they take turns, and each time another one begins. */
async function measureStacks(
  tools: Tools,
  size: number,
  settings: Setting[],
  steps: Steps,
  turns: number,
): Promise<Sample[]> {
  const stacks: BenchStack[] = [];
  const samples: Sample[] = [];
  let first = 0;
  try {
    for (const setting of settings)
      stacks.push(await BenchStack.open(tools, setting, setting.program === "empty" ? 0 : size));
    for (let turn = 0; turn < turns; turn++) {
      const present = stacks.filter(({ setting }) => turn < (setting.turns ?? turns));
      for (const [operation, times] of Object.entries(steps) as [Operation, number][]) {
        for (let time = 0; time < Math.max(1, times); time++, first++) {
          const begin = first % present.length;
          for (const stack of [...present.slice(begin), ...present.slice(0, begin)]) {
            const { who } = stack.setting;
            const figures = await stack.run(operation);
            if (times === 0) continue;
            samples.push({ operation, size, who, turn: turn * times + time + 1, ...figures });
            say(`  ${operation}, ${who}: ${figures.seconds} s`);
          }
        }
      }
    }
  } catch (error) {
    await closeAll(...stacks).catch(() => undefined);
    throw error;
  }
  await closeAll(...stacks);
  return samples;
}
