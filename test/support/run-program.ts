import { endOnClosedPipe } from "../../provider/command-line/closed-pipe";
import { CommanderError, type Command } from "commander";

/** What a command line of the project ends with: done, failed, and called in a way that it does not know. */
const EXIT = { failed: 1, misused: 2 };

/** Runs a command line, and prints an error as its message alone. */
export async function runProgram(program: Command): Promise<void> {
  endOnClosedPipe();
  program.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has printed what is wrong with the options.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.misused;
      return;
    }
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.failed;
  }
}
