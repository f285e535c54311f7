import type { AxiosResponse } from "axios";
import assert from "node:assert/strict";
import { retryAfterOf } from "../../../provider/keycard/http/answer";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();

describe("a Retry-After header", () => {
  const cases: [title: string, header: string | undefined, ms: number | undefined][] = [
    ["reads seconds as milliseconds", "7", 7000],
    ["reads seconds with white space around them", " 7 ", 7000],
    ["reads zero seconds as no pause", "0", 0],
    ["honours one minute completely", "60", 60000],
    ["limits seconds to one minute", "3600", 60000],
    ["reads a date as the time until it", inSeconds(12), 12000],
    ["limits a date to one minute", inSeconds(86400), 60000],
    ["reads a date in the past as no pause", inSeconds(-5), 0],
    ["reads the first of two headers that a gateway has joined", "2, 10", 2000],
    ["ignores a missing header", undefined, undefined],
    ["ignores an empty header", " ", undefined],
    ["ignores a word", "soon", undefined],
  ];
  for (const [title, header, ms] of cases) {
    it(title, () => {
      // The service's clock counts, not ours.
      const headers = {
        date: new Date(NOW).toUTCString(),
        ...(header !== undefined && { "retry-after": header }),
      };
      assert.equal(retryAfterOf({ headers } as unknown as AxiosResponse), ms);
    });
  }
});
