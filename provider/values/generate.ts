import { randomInt } from "node:crypto";
import { ALPHABETS, classesOf, type KnownOptions } from "./generated-options";

/**
 * Generates a value: each text of this length that has at least one character of each class is as likely as any other.
 */
export function generate(options: KnownOptions): string {
  const alphabets = classesOf(options).map((name) => ALPHABETS[name]);
  const all = alphabets.join("");
  for (;;) {
    const characters = Array.from({ length: options.length }, () => all.charAt(randomInt(all.length)));
    // To put a missing one in would make some texts more likely than others.
    if (alphabets.every((alphabet) => characters.some((each) => alphabet.includes(each)))) {
      return characters.join("");
    }
  }
}
