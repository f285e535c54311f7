import { writeFile } from "node:fs/promises";
import { loadNetwork } from "../load-network";
import { adoptionProgram } from "./adoption-program";
import { inexactNumbers } from "./inexact-numbers";
import { safeText } from "../safety/safe-text";
import type { Values } from "./value-expressions";

/** What the command line gives. */
export interface AdoptOptions {
  zone: string;
  /** Absent for the whole zone. */
  entity?: readonly string[];
  out?: string;
  values: Values;
  /** Writes a program for the plugin, which imports the secrets. */
  native?: true;
}

/**
 * Lists what a zone holds and writes the program that adopts it.
 *
 * @throws if there is nothing to adopt, or the file exists already
 */
export async function adoptCommand({ zone, entity, out, values, native }: AdoptOptions): Promise<void> {
  const { connect } = await loadNetwork();
  const client = connect(undefined, process.env);
  // All of them, even if some are wanted: the names in the program are unique in the zone, and so in programs for parts of it.
  const secrets = await client.listSecrets(zone);
  const missing = entity?.find((id) => !secrets.some(({ entityId }) => entityId === id));
  if (secrets.length === 0 || missing !== undefined) {
    const where = missing === undefined ? `Zone ${zone}` : `Entity ${missing} of zone ${zone}`;
    throw new Error(`${where} holds no secrets, so there is nothing to adopt. Check the id.`);
  }
  const { text, count } = adoptionProgram(zone, secrets, { values, entities: entity, native });
  const wanted = secrets.filter(({ entityId }) => entity?.includes(entityId) ?? true);
  if (out === undefined) process.stdout.write(text);
  else await writeNew(out, text);
  const adopted = count === 1 ? "1 secret" : `${count} secrets`;
  for (const line of wanted.flatMap(inexactNumbers)) console.error(safeText(line));
  console.error(`Wrote a program for ${adopted}. Its first lines list where it looks for the values.`);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const remedy = code === "EEXIST" ? "it exists already: choose another name" : `${code}: check the path`;
    throw new Error(`Could not write ${file}: ${remedy}.`, { cause: error });
  }
}
