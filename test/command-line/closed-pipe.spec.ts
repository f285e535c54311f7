import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(__dirname, "../..");

/** Starts a TypeScript program, stops reading after its first line, and gives that to a function. */
async function readOneLine(args: string[], afterwards: (line: string) => Promise<unknown>) {
  const child = spawn(process.execPath, ["--import", "tsx", ...args], { cwd: ROOT });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  let stdout = "";
  while (!stdout.includes("\n")) stdout += String(((await once(child.stdout, "data")) as Buffer[])[0]);
  child.stdout.destroy();
  const exited = once(child, "exit");
  await afterwards(stdout.split("\n")[0] ?? "");
  const [code] = (await exited) as [number | null];
  return { code, stderr };
}

describe("a program whose output nobody reads any more", function () {
  this.timeout(30_000);

  it("a program ends quietly if its output is closed early", async () => {
    const module = JSON.stringify(join(ROOT, "provider/command-line/terminal.ts"));
    const script = `require(${module}).endOnClosedPipe(); setInterval(() => console.log("a line"), 5);`;
    const ended = await readOneLine(["-e", script], () => Promise.resolve());
    assert.deepEqual(ended, { code: 0, stderr: "" });
  });

  it("the emulator ends quietly if its output is closed early", async () => {
    const ended = await readOneLine(["test/emulator/cli.ts", "--port", "0"], async (line) => {
      const url = / on (\S+)$/.exec(line)?.[1] ?? assert.fail(line);
      // It notices with the line of a request that comes after the pipe is closed.
      const isAnswered = () =>
        fetch(`${url}/zones/z1/secrets`).then(
          () => true,
          () => false,
        );
      while (await isAnswered()) await sleep(50);
    });
    assert.deepEqual(ended, { code: 0, stderr: "" });
  });

  it("a program fails for any other error of its output", async () => {
    const module = JSON.stringify(join(ROOT, "provider/command-line/terminal.ts"));
    const script =
      `require(${module}).endOnClosedPipe(); console.log("begun");` +
      `process.stdout.emit("error", Object.assign(new Error("the disk is full"), { code: "ENOSPC" }));`;
    const { code, stderr } = await readOneLine(["-e", script], () => Promise.resolve());
    assert.ok(code !== 0 && stderr.includes("the disk is full"), stderr);
  });
});
