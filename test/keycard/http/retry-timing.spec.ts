import assert from "node:assert/strict";
import { delayBeforeRetry, parseRetryAfter } from "../../../provider/keycard/http/retry";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();

describe("retry timing", () => {
  describe("delayBeforeRetry", () => {
    const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    it("doubles the longest pause up to 20 seconds", () => {
      assert.deepEqual(
        attempts.map((attempt) => delayBeforeRetry(attempt, undefined, () => 1)),
        [250, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000],
      );
    });

    it("draws a random pause between zero and the longest", () => {
      assert.deepEqual(
        [0, 0.25, 0.5].map((random) => delayBeforeRetry(3, undefined, () => random)),
        [0, 250, 500],
      );
    });

    it("never waits less than the service asks for", () => {
      assert.equal(
        delayBeforeRetry(1, 3000, () => 1),
        3000,
      );
      assert.equal(
        delayBeforeRetry(9, 3000, () => 1),
        20000,
      );
    });
  });

  describe("parseRetryAfter", () => {
    const cases: [title: string, header: string | undefined, ms: number | undefined][] = [
      ["reads seconds as milliseconds", "7", 7000],
      ["reads seconds with white space around them", " 7 ", 7000],
      ["reads zero seconds as no pause", "0", 0],
      ["honours one minute completely", "60", 60000],
      ["limits seconds to one minute", "3600", 60000],
      ["reads a date as the time until it", inSeconds(12), 12000],
      ["limits a date to one minute", inSeconds(86400), 60000],
      ["reads a date in the past as no pause", inSeconds(-5), 0],
      ["ignores a missing header", undefined, undefined],
      ["ignores an empty header", " ", undefined],
      ["ignores a word", "soon", undefined],
    ];
    for (const [title, header, ms] of cases) {
      it(title, () => assert.equal(parseRetryAfter(header, NOW), ms));
    }
  });
});
