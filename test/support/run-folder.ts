import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { endOnClosedPipe } from "../../provider/command-line/terminal";
import { endProcesses } from "../lifecycle/support/processes";
import { endInTime } from "./end-in-time";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a function with a folder for everything that it and its processes write: temporary files, what the engine's
 * processes leave, and the CLI's home. When this process ends, even by a signal, the folder is removed and the processes
 * are killed.
 *
 * @param run - if it throws an error, its message is printed
 * @param failed - what to print after that
 */
export async function inRunFolder(run: () => Promise<void>, failed?: string): Promise<void> {
  endOnClosedPipe();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-keycard-run-")));
  // The three variables that systems read for the temporary folder.
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
  endInTime();
}
