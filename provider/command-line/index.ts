#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { writeFile } from "node:fs/promises";
import { DEFAULT_VALUES, VALUES, type Values, adoptionProgram, inexactNumbers } from "./program-text";
import { endOnClosedPipe, once, several } from "./terminal";
import { loadNetwork } from "../load-network";
import { version } from "../own-package";
import { safeMessage, safeText } from "../safety/redact";

endOnClosedPipe();

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

interface AdoptOptions {
  zone: string;
  /** Absent for all entities of the zone. */
  entity?: readonly string[];
  out?: string;
  values: Values;
  /** True to write a program for the plugin, which imports the secrets. */
  native?: true;
}

/**
 * Lists the secrets of a zone and writes the program that adopts them.
 *
 * @throws if there is nothing to adopt, or the file exists already
 */
async function adoptCommand({ zone, entity, out, values, native }: AdoptOptions): Promise<void> {
  const { connect } = await loadNetwork();
  const client = connect(undefined, process.env);
  // Always the whole zone, so that names are unique in it, and programs for its parts can be joined.
  const secrets = await client.listSecrets(zone);
  const missing = entity?.find((id) => !secrets.some(({ entityId }) => entityId === id));
  if (secrets.length === 0 || missing !== undefined) {
    const where = missing === undefined ? `Zone ${zone}` : `Entity ${missing} of zone ${zone}`;
    throw new Error(`${where} has no secrets, so there is nothing to adopt. Check the ID.`);
  }
  const { text, count } = adoptionProgram(zone, secrets, { values, entities: entity, native });
  const wanted = secrets.filter(({ entityId }) => entity?.includes(entityId) ?? true);
  if (out === undefined) process.stdout.write(text);
  else await writeNew(out, text);
  const adopted = count === 1 ? "1 secret" : `${count} secrets`;
  for (const line of wanted.flatMap(inexactNumbers)) console.error(safeText(line));
  console.error(`Wrote a program for ${adopted}. Its first lines say what it needs.`);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const remedy =
      code === "EEXIST"
        ? 'the file exists already. Choose another name, such as adopted.ts, and add `import "./adopted"` to your program'
        : `${code}. Check the path`;
    throw new Error(`Could not write ${file}: ${remedy}.`, { cause: error });
  }
}
