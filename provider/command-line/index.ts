#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { safeMessage } from "../safety/redact";
import { adoptCommand, type AdoptOptions } from "./adopt";
import { version } from "../own-package";
import { once, several, endOnClosedPipe } from "./terminal";
import { DEFAULT_VALUES, VALUES } from "./program-text";

endOnClosedPipe();

/** The exit statuses other than 0. */
const EXIT = { failed: 1, misused: 2 };

const program = new Command("pulumi-keycard")
  .description("Manage secrets in Keycard with Pulumi")
  .version(version)
  .exitOverride()
  .showHelpAfterError("Run it with --help to see its options.");

program
  .command("adopt")
  .description("Writes a TypeScript program that adopts the secrets of a zone, without their values")
  .option("--zone <id>", "the zone whose secrets to adopt (required)", once)
  .option("--entity <id>", "only the secrets of this entity; may be given several times", several)
  .option(
    "--out <file>",
    "the file to write, which must not exist; otherwise the program goes to stdout",
    once,
  )
  .option("--native", "write a program for the native plugin, which imports the secrets")
  .addOption(
    new Option("--values <how>", "how the program declares the values")
      .choices(VALUES)
      .default(DEFAULT_VALUES),
  )
  .addHelpText(
    "after",
    `
Requires KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or KEYCARD_ACCESS_TOKEN. Lists the secrets, and reads no value.

Exit status: 0 if the program was written, 1 if something failed, 2 if an option is wrong or missing.

Example:
  npx --no pulumi-keycard adopt --zone q7m2x9c4v1b8n5k3z6w0t4r8y2 --out adopted.ts`,
  )
  .action(
    async ({ zone, ...options }: Partial<AdoptOptions> & Pick<AdoptOptions, "values">, command: Command) => {
      // A required option of commander 14 is missed before an unknown one is reported, as in `--zon`.
      if (zone === undefined) command.error("error: required option '--zone <id>' not specified");
      await adoptCommand({ zone, ...options });
    },
  );

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.misused;
    return;
  }
  console.error(safeMessage((error as Error).message));
  process.exitCode = EXIT.failed;
});
