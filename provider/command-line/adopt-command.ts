import { writeFile } from "node:fs/promises";
import { loadNetwork } from "../load-network";
import { adoptionProgram } from "./adoption-program";
import type { Values } from "./value-expressions";

/** What the command line gives. */
export interface AdoptOptions {
  zone: string;
  entity?: string;
  out?: string;
  values: Values;
}

/**
 * Lists what a zone holds and writes the program that adopts it.
 *
 * @throws where there is nothing to adopt, or the file exists already
 */
export async function adoptCommand({ zone, entity, out, values }: AdoptOptions): Promise<void> {
  const { connect } = await loadNetwork();
  const client = connect(() => undefined, process.env);
  const secrets = await client.listSecrets(zone, entity === undefined ? {} : { entityId: entity });
  if (secrets.length === 0) {
    const where = entity === undefined ? `Zone ${zone}` : `Entity ${entity} of zone ${zone}`;
    throw new Error(`${where} holds no secrets, so there is nothing to adopt: check the id.`);
  }
  const text = adoptionProgram(zone, secrets, values);
  if (out === undefined) process.stdout.write(text);
  else await writeNew(out, text);
  const count = secrets.length === 1 ? "1 secret" : `${secrets.length} secrets`;
  console.error(`Wrote a program for ${count}; its first lines say where it looks for the values.`);
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
