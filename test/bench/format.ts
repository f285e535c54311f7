import type { Spread } from "./figures";

/** As in 1,000. */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Minimum, median and maximum, as in 0.98 / 1.01 / 1.05. */
export function ratios({ min, median, max }: Spread): string {
  return [min, median, max].map((ratio) => ratio.toFixed(2)).join(" / ");
}

/** Bytes in whole MB of a million bytes each. */
export function megabytes(bytes: number): string {
  return number(bytes / 1e6);
}
