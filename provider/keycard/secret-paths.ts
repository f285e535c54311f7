/** The path of the secrets of a zone. @throws if the id cannot be one */
export function secretsPath(zoneId: string): string {
  return `/zones/${segment("zone", zoneId)}/secrets`;
}

/** The path of one secret. @throws if an id cannot be one */
export function secretPath(zoneId: string, id: string): string {
  return `${secretsPath(zoneId)}/${segment("secret", id)}`;
}

/**
 * An id as a part of a path. An empty one would name the listing, `undefined` would be taken for an id, and no encoding
 * keeps a path with dots alone from being shortened.
 *
 * @param id - a string, unless a program or a state holds something else
 */
function segment(what: "zone" | "secret", id: unknown) {
  if (typeof id === "string" && !["", ".", ".."].includes(id)) return encodeURIComponent(id);
  const isPlain = id === null || ["undefined", "number", "boolean"].includes(typeof id);
  const shown = isPlain
    ? String(id)
    : typeof id === "string"
      ? `"${id}"`
      : `A value of the type ${typeof id}`;
  throw new Error(
    `${shown} cannot be an id of a ${what}, so nothing was sent. Set the ${what}'s id as a string, as Keycard shows it.`,
  );
}
