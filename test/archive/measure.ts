import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const RUNS = 21;

interface Start {
  ms: number;
  megabytes: number;
}

/** Starts a plugin as the engine does, until it has written its port. */
async function start(executable: string): Promise<Start> {
  const began = process.hrtime.bigint();
  const plugin = spawn(executable, { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((written) => plugin.stdout.once("data", written));
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${plugin.pid}/status`, "utf8")) ?? [];
  const ended = new Promise((end) => plugin.once("close", end));
  plugin.stdin.end();
  await ended;
  return { ms, megabytes: Number(kilobytes) / 1024 };
}

const median = (numbers: number[]) => numbers.sort((one, other) => one - other)[numbers.length >> 1] ?? 0;

/**
 * Compares the time until the port is written, and the memory then, of the executable of an archive with the plugin's script:
 * `npx tsx test/archive/measure.ts EXECUTABLE` on Linux, on a quiet machine.
 */
async function main([executable = ""]: string[]): Promise<void> {
  const plugins = [resolve(executable), resolve(__dirname, "../../plugin/pulumi-resource-keycard-secrets")];
  const starts: Start[][] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    for (const [index, plugin] of plugins.entries()) starts[index]?.push(await start(plugin));
  }
  const [archive, script] = starts.map((each) => ({
    ms: median(each.map(({ ms }) => ms)),
    megabytes: median(each.map(({ megabytes }) => megabytes)),
  }));
  if (!archive || !script) return;
  console.log(`archive ${archive.ms.toFixed(0)} ms, ${archive.megabytes.toFixed(0)} MB`);
  console.log(
    `script  ${script.ms.toFixed(0)} ms, ${script.megabytes.toFixed(0)} MB (Node.js ${process.version})`,
  );
  console.log(
    `ratio   ${(archive.ms / script.ms).toFixed(2)} of the time, ${(archive.megabytes / script.megabytes).toFixed(2)} of the memory`,
  );
}

void main(process.argv.slice(2));
