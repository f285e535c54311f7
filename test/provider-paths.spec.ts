import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";
import { relative, resolve } from "node:path";
import {
  check,
  created,
  diff,
  full,
  nextRun,
  read,
  start,
  update,
  useProvider,
} from "./support/secret-provider";

const PROVIDER = resolve(__dirname, "../provider");

/** A reader can follow a call only through so many files. */
describe("the files of the provider that run", () => {
  useProvider();

  it("are at most 30 in an update of a description", async () => {
    await start();
    const state = await created();
    const changed = { ...full, description: "Changed" };
    const files = await filesThatRun(async () => {
      nextRun();
      const { inputs } = await check(changed);
      await diff(state, inputs);
      await update(state, inputs);
    });
    assert.ok(files.length <= 30, `${files.length} files:\n${files.join("\n")}`);
  });

  it("are at most 26 in a refresh that finds nothing", async () => {
    await start();
    const state = await created();
    const files = await filesThatRun(async () => {
      nextRun();
      await read(state);
    });
    assert.ok(files.length <= 26, `${files.length} files:\n${files.join("\n")}`);
  });
});

/** The files whose functions a call runs, after all of them are loaded. */
async function filesThatRun(call: () => Promise<unknown>): Promise<string[]> {
  await call();
  const session = new Session();
  session.connect();
  try {
    await session.post("Debugger.enable");
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    await call();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const found: string[] = [];
    for (const { url, scriptId, functions } of result) {
      const path = relative(PROVIDER, url.replace("file://", ""));
      if (path.startsWith("..") || found.includes(path)) continue;
      const { scriptSource } = await session.post("Debugger.getScriptSource", { scriptId });
      const isRun = functions.some(({ functionName, ranges: [range] }) => {
        const text = scriptSource.slice(range?.startOffset, range?.endOffset);
        return (range?.count ?? 0) > 0 && !isOfCompiler(functionName, text);
      });
      if (isRun) found.push(path);
    }
    return found.sort();
  } finally {
    session.disconnect();
  }
}

/** True for what the compiler adds to a file: a function that returns an export. */
function isOfCompiler(name: string, text: string): boolean {
  return ["get", "__name"].includes(name) || /^\(\)\s*=>\s*[\w$.]+$/.test(text);
}
