import { clientRatio, rowsOf, sizesOf, stateBytesOf, totals, type Row } from "./figures";
import { megabytes, number } from "./format";
import { minimumRequests, OPERATIONS, total, type RequestKind, type Requests } from "./operations";
import type { Results } from "./results";

/** What is aimed at. Bytes are decimal: a KB is 1,000 bytes. */
const MOST_TIMES_FLOOR = 1.1;
const MOST_TIMES_CONVENTIONAL = 0.6;
const MOST_STATE_BYTES = 2_500;
const MOST_BYTES_OVER_FLOOR = 40e6;
const LEAST_CLIENT_RATIO = 0.95;
const MOST_REDACTION_SECONDS = 0.5;
const LARGE = 1000;

/** A target, and what the figures say of it. */
export interface Target {
  /** What is aimed at. */
  text: string;
  verdict: "met" | "missed" | "not measured";
  /** The figure that decides, or each that is beyond the target. */
  found: string;
}

/** Judges every target by the figures. */
export function targetsOf(results: Results): Target[] {
  const rows = rowsOf(results, OPERATIONS);
  return [
    floorTarget(rows),
    conventionalTarget(rows),
    ...sizeTargets(results, rows),
    clientTarget(results),
    ...redactionTarget(results),
  ];
}

function floorTarget(rows: Row[]): Target {
  const beyond = rows.filter((row) => row.timesFloorWithoutEmulator.median > MOST_TIMES_FLOOR);
  const worst = worstOf(rows, (row) => row.timesFloorWithoutEmulator.median);
  const say = (row: Row) => `${row.timesFloorWithoutEmulator.median.toFixed(2)} for ${where(row)}`;
  return {
    text: `at most ${MOST_TIMES_FLOOR.toFixed(2)} × the floor's time everywhere, the emulator's own time taken off`,
    ...judged(worst, beyond, say),
  };
}

function conventionalTarget(rows: Row[]): Target {
  const create = rows.find(({ operation, secrets }) => operation === "create" && secrets === LARGE);
  const times = create?.timesConventional;
  const beyond = times && times.median > MOST_TIMES_CONVENTIONAL ? [times] : [];
  return {
    text: `at most ${MOST_TIMES_CONVENTIONAL} × the conventional provider's time to create ${number(LARGE)} secrets`,
    ...judged(times, beyond, ({ median }) => median.toFixed(2)),
  };
}

function sizeTargets(results: Results, rows: Row[]): Target[] {
  const sizes = sizesOf(results.measurements).map((secrets) => ({
    secrets,
    bytes: Math.max(...stateBytesOf(results.measurements, "ours", secrets)),
  }));
  const largest = worstOf(sizes, ({ bytes }) => bytes);
  const large = rows.filter(({ secrets, bytesOverFloor }) => secrets === LARGE && bytesOverFloor);
  const overFloor = (row: Row) => row.bytesOverFloor?.median ?? 0;
  return [
    {
      text: `at most ${number(MOST_STATE_BYTES)} bytes of state a secret`,
      ...judged(
        largest,
        sizes.filter(({ bytes }) => bytes > MOST_STATE_BYTES),
        ({ secrets, bytes }) => `${number(bytes)} at ${number(secrets)}`,
      ),
    },
    requestsTarget(rows),
    {
      text: `at most ${megabytes(MOST_BYTES_OVER_FLOOR)} MB of memory over the do-nothing provider at ${number(LARGE)} secrets`,
      ...judged(
        worstOf(large, overFloor),
        large.filter((row) => overFloor(row) > MOST_BYTES_OVER_FLOOR),
        (row) => `${megabytes(overFloor(row))} MB for ${row.operation}`,
      ),
    },
  ];
}

function requestsTarget(rows: Row[]): Target {
  const beyond = rows.filter((row) =>
    row.requests.ours.some((made) => exceeds(made, minimumRequests(row.operation, row.secrets))),
  );
  return {
    text:
      "no more requests than needed: none for unchanged and preview, a token and one for each secret that changes for " +
      "create, update and destroy, a token, one listing for each entity and one read for each secret updated before for refresh",
    verdict: rows.length === 0 ? "not measured" : beyond.length === 0 ? "met" : "missed",
    found: beyond.map(requestsBeyond).join(", "),
  };
}

function exceeds(made: Requests, needed: Requests): boolean {
  return Object.entries(made).some(([kind, count]) => count > (needed[kind as RequestKind] ?? 0));
}

function requestsBeyond(row: Row): string {
  const most = totals(row.requests.ours).max;
  return `${number(most)} instead of ${number(total(minimumRequests(row.operation, row.secrets)))} for ${where(row)}`;
}

function clientTarget(results: Results): Target {
  const ratio = clientRatio(results);
  return {
    text: `the client alone at least ${LEAST_CLIENT_RATIO} × as many requests a second as a bare loop with axios`,
    ...judged(ratio, ratio && ratio.median < LEAST_CLIENT_RATIO ? [ratio] : [], ({ median }) =>
      median.toFixed(2),
    ),
  };
}

function redactionTarget({ redaction }: Results): Target[] {
  const largest = redaction?.at(-1);
  if (!largest) return [];
  return [
    {
      text: `at most ${MOST_REDACTION_SECONDS} s to keep ${largest.kilobytes} KB of a command's output out of a message`,
      ...judged(largest, largest.seconds > MOST_REDACTION_SECONDS ? [largest] : [], () =>
        (redaction ?? []).map(({ kilobytes, seconds }) => `${seconds} s for ${kilobytes} KB`).join(", "),
      ),
    },
  ];
}

/** @param worst - what stands nearest to the limit; undefined where nothing was measured */
function judged<T>(worst: T | undefined, beyond: T[], say: (one: T) => string): Omit<Target, "text"> {
  if (worst === undefined) return { verdict: "not measured", found: "" };
  if (beyond.length > 0) return { verdict: "missed", found: beyond.map(say).join(", ") };
  return { verdict: "met", found: say(worst) };
}

function worstOf<T>(all: T[], badness: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (worst, one) => (worst === undefined || badness(one) > badness(worst) ? one : worst),
    undefined,
  );
}

function where({ operation, secrets }: Row): string {
  return `${operation} at ${number(secrets)}`;
}
