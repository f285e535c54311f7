import assert from "node:assert/strict";
import { generate } from "../../provider/values/generated";
import type { CharacterClass } from "../../provider/values/types";

const PATTERNS: Record<CharacterClass, RegExp> = {
  lower: /[a-z]/,
  upper: /[A-Z]/,
  digits: /[0-9]/,
  symbols: /[!+,\-.=^_~]/,
};
const CLASSES = Object.keys(PATTERNS) as CharacterClass[];

/** Every possible set of classes. */
const SETS = Array.from({ length: 15 }, (_, bits) => CLASSES.filter((_name, i) => (bits + 1) & (1 << i)));

describe("a value that is generated", () => {
  it("a generated value has its length and at least one character of each class", () => {
    for (const characters of SETS) {
      const all = new RegExp(`^(${characters.map((name) => PATTERNS[name].source).join("|")})*$`);
      for (const length of [8, 8, 8, 8, 33, 1024]) {
        const value = generate({ length, characters });
        assert.equal(value.length, length);
        assert.match(value, all);
        for (const name of characters) assert.match(value, PATTERNS[name]);
      }
    }
  });

  it("a generated value has letters and digits by default", () => {
    assert.match(generate({ length: 200 }), /^[a-zA-Z0-9]{200}$/);
  });

  it("no two generated values are the same", () => {
    assert.equal(new Set(Array.from({ length: 200 }, () => generate({ length: 16 }))).size, 200);
  });

  it("each character is equally likely", () => {
    // A long value contains all classes anyway, so every draw counts.
    const text = Array.from({ length: 310 }, () => generate({ length: 200 })).join("");
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = text.length / 62;
    assert.equal(counts.size, 62);
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // With 61 degrees of freedom, one run in ten million exceeds this.
    assert.ok(chiSquared < 130, `χ² is ${chiSquared}`);
  });

  it("each class is equally likely in each place", () => {
    // If a digit were inserted because none was drawn, the first place would have too many.
    const values = Array.from({ length: 6000 }, () =>
      generate({ length: 8, characters: ["lower", "digits"] }),
    );
    const digitsAt = Array.from(
      { length: 8 },
      (_, place) => values.filter((value) => /\d/.test(value.charAt(place))).length,
    );
    const mean = digitsAt.reduce((sum, n) => sum + n, 0) / 8;
    for (const n of digitsAt) assert.ok(Math.abs(n - mean) < 250, `${digitsAt.join()} differ`);
  });
});
