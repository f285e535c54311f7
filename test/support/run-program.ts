import { endOnClosedPipe } from "../../provider/command-line/terminal";
import { CommanderError, type Command } from "commander";

/** Exit codes of the project's command lines: for a failure, and for unknown arguments. Success is 0. */
const EXIT = { failed: 1, misused: 2 };

/** Runs a command line. Prints only the message of an error. */
export async function runProgram(program: Command): Promise<void> {
  endOnClosedPipe();
  program.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has already printed what is wrong with the options.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.misused;
      return;
    }
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.failed;
  }
}
