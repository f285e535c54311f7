#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { adoptCommand, type AdoptOptions } from "./adopt-command";
import { DEFAULT_VALUES, VALUES } from "./value-expressions";

/** The process ends with these: done, failed, and called in a way that it does not know. */
const EXIT = { failed: 1, misused: 2 };

const program = new Command("pulumi-keycard")
  .description("Helps to keep the secrets of Keycard zones with Pulumi")
  .exitOverride()
  .showHelpAfterError("Run it with --help to see what it takes.");

program
  .command("adopt")
  .description(
    "Writes a TypeScript program that takes over the secrets that a zone holds, without their values",
  )
  .requiredOption("--zone <id>", "the zone whose secrets to adopt")
  .option("--entity <id>", "only the secrets of this entity")
  .option("--out <file>", "the file to write, which must not exist; otherwise the program goes to stdout")
  .addOption(
    new Option("--values <where>", "where the program shall find the values")
      .choices(VALUES)
      .default(DEFAULT_VALUES),
  )
  .addHelpText(
    "after",
    `
Needs KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or KEYCARD_ACCESS_TOKEN. It only lists, so no value is read.

Ends with 0 when the program is written, 1 when something failed, 2 when an option is wrong or missing.

Example:
  npx pulumi-keycard adopt --zone zone_1 --out index.ts`,
  )
  .action((options: AdoptOptions) => adoptCommand(options));

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.misused;
    return;
  }
  console.error((error as Error).message);
  process.exitCode = EXIT.failed;
});
