import { writeFile } from "node:fs/promises";
import { loadNetwork } from "../load-network";
import { adoptionProgram } from "./adoption-program";
import { inexactNumbers } from "./inexact-numbers";
import { safeText } from "../safety/redact";
import type { Values } from "./value-expressions";

/** The options of the command. */
export interface AdoptOptions {
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
export async function adoptCommand({ zone, entity, out, values, native }: AdoptOptions): Promise<void> {
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
      code === "EEXIST" ? "the file exists already. Choose another name" : `${code}. Check the path`;
    throw new Error(`Could not write ${file}: ${remedy}.`, { cause: error });
  }
}
