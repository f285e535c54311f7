import type { Secret } from "../keycard";

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
