import { randomInt } from "node:crypto";
import { ALPHABETS, classesOf, type KnownOptions } from "./generated-options";

/**
 * Generates a value. All strings of this length with at least one character of each class are equally likely.
 */
export function generate(options: KnownOptions): string {
  const alphabets = classesOf(options).map((name) => ALPHABETS[name]);
  const all = alphabets.join("");
  for (;;) {
    const characters = Array.from({ length: options.length }, () => all.charAt(randomInt(all.length)));
    // Inserting a missing character would make some strings more likely than others.
    if (alphabets.every((alphabet) => characters.some((each) => alphabet.includes(each)))) {
      return characters.join("");
    }
  }
}
