import { writeFile } from "node:fs/promises";
import type { Secret } from "../keycard";
import { loadNetwork } from "../load-network";
import { adoptionProgram, type Values } from "./program-text";
import { safeText } from "../safety/redact";

/** Returns a warning for each number in the metadata of a secret that JavaScript may have rounded. */
export function inexactNumbers({ id, metadata }: Pick<Secret, "id" | "metadata">): string[] {
  return placesIn(metadata, "metadata").map(
    (place) =>
      `Warning: \`${place}\` of the secret ${id} is a whole number above 2^53, which JavaScript cannot represent exactly, so ` +
      "the program may contain a rounded number. Store it in Keycard as a string.",
  );
}

function placesIn(value: unknown, path: string): string[] {
  if (typeof value === "number") {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [path] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => placesIn(child, `${path}.${key}`));
}

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
      code === "EEXIST"
        ? 'the file exists already. Choose another name, such as adopted.ts, and add `import "./adopted"` to your program'
        : `${code}. Check the path`;
    throw new Error(`Could not write ${file}: ${remedy}.`, { cause: error });
  }
}
