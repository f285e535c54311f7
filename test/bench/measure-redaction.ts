import { randomUUID } from "node:crypto";
import { HiddenValues, safeMessage, safeText } from "../../provider/safety/redact";
import type { LogTime, RedactionTime } from "./results";

const LARGEST_KB = 500;
const ROUNDS = 5;
const LOG_LINES = 10_000;
const MANY_VALUES = [200, 2_000];

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

/** Measures the search of the request log of a run for the values of its secrets. */
export function measureLog(): LogTime[] {
  const lines = Array.from({ length: LOG_LINES }, () => `GET /zones/z/secrets/${randomUUID()} 200 12 ms`);
  return MANY_VALUES.map((values) => {
    const hidden = Array.from({ length: values }, () => randomUUID());
    const times = Array.from({ length: ROUNDS }, () => {
      const begun = performance.now();
      const searched = new HiddenValues(hidden);
      for (const line of lines) safeMessage(line, searched);
      return performance.now() - begun;
    });
    return { values, seconds: Number((Math.min(...times) / 1000).toFixed(3)) };
  });
}
