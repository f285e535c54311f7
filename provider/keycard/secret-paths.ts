/** The path of the secrets of a zone. @throws if the id is not valid */
export function secretsPath(zoneId: string): string {
  return `/zones/${segment("zone", zoneId)}/secrets`;
}

/** The path of one secret. @throws if an id is not valid */
export function secretPath(zoneId: string, id: string): string {
  return `${secretsPath(zoneId)}/${segment("secret", id)}`;
}

/**
 * Encodes an id as a path segment. An empty id would address the listing, `undefined` would become an id, and no encoding
 * keeps a segment of dots from being removed.
 *
 * @param id - a string, unless a program or a state contains something else
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
    `${shown} is not a valid ${what} ID, so nothing was sent. Set the ${what} ID as a string, exactly as Keycard shows it.`,
  );
}
