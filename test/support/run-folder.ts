import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { endOnClosedPipe } from "../../provider/command-line/closed-pipe";
import { endProcesses } from "../lifecycle/support/processes";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs something with a folder of its own for everything that it and its processes write: temporary files, what the
 * engine's processes leave, and the CLI's home. Both the folder and the processes are gone when this process ends, also
 * if that is by a signal.
 *
 * @param run - an error that it throws is printed as its message
 * @param failed - what to print after that
 */
export async function inRunFolder(run: () => Promise<void>, failed?: string): Promise<void> {
  endOnClosedPipe();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-keycard-run-")));
  // The three names under which systems look for it.
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
  process.env["PULUMI_HOME"] = join(folder, "pulumi");
  process.once("exit", () => {
    endProcesses(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of SIGNALS) process.once(signal, () => process.exit(128 + constants.signals[signal]));
  try {
    await run();
  } catch (error) {
    console.error((error as Error).message);
    if (failed !== undefined) console.log(failed);
    process.exitCode = 1;
  }
}
