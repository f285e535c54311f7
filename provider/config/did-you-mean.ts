/** Shorter parts occur in many names by chance. */
const SHORTEST_PART = 4;

/**
 * Finds what a wrong name may have meant: names that differ in case or in up to two letters, or else names that contain it.
 */
export function nearestNames(written: string, names: readonly string[]): string[] {
  const mistyped = mistypedNames(written, names);
  if (mistyped.length > 0) return mistyped;
  const word = plain(written);
  return names.filter((name) => word.length >= SHORTEST_PART && plain(name).includes(word));
}

/** Finds the names that differ from a name in case or in at most two letters, and returns only the most similar ones. */
export function mistypedNames(written: string, names: readonly string[]): string[] {
  const word = plain(written);
  const ranked = names.map((name) => ({ name, distance: distanceBetween(word, plain(name)) }));
  const least = Math.min(...ranked.map(({ distance }) => distance));
  if (least > (word.length < 6 ? 1 : 2)) return [];
  return ranked.filter(({ distance }) => distance === least).map(({ name }) => name);
}

/** Asks whether similar names were meant, as in `Did you mean a or b? `; empty if nothing is similar. */
export function didYouMean(written: string, names: readonly string[], prefix = ""): string {
  const nearest = nearestNames(written, names).map((name) => `\`${prefix}${name}\``);
  return nearest.length === 0 ? "" : `Did you mean ${nearest.join(" or ")}? `;
}

const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, "");

/** How many letters have to be added, removed or replaced to make one word of the other. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
