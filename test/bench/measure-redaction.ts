import { safeText } from "../../provider/safety/redact";
import type { RedactionTime } from "./results";

const LARGEST_KB = 500;
const ROUNDS = 5;

/** The part of a command's stderr that a message shows, and that is searched. */
const SEARCHED = 16_000;

/** Measures the search of a command's stderr for what it wrote to stdout. */
export function measureRedaction(): RedactionTime[] {
  return [LARGEST_KB / 10, LARGEST_KB].map((kilobytes) => {
    const lines = Array.from(
      { length: kilobytes * 25 },
      (_, index) => `line ${index} of a command, ${index * 7}`,
    );
    const text = lines.join(" ").slice(-SEARCHED);
    const times = Array.from({ length: ROUNDS }, () => {
      const begun = performance.now();
      safeText(text, lines);
      return performance.now() - begun;
    });
    return { kilobytes, seconds: Number((Math.min(...times) / 1000).toFixed(3)) };
  });
}
