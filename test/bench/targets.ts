import type { Contender } from "./build-contenders";
import {
  clientRatio,
  compiledRatio,
  differenceOf,
  overEmpty,
  peakBytes,
  ratioOf,
  requestsOf,
  rowsOf,
  seconds,
  secondsLessEmulator,
  sizesOf,
  spread,
  stateBytesOf,
  totals,
  type Row,
  type Spread,
} from "./figures";
import { megabytes, number } from "./format";
import {
  minimumRequests,
  OPERATIONS,
  total,
  type Operation,
  type RequestKind,
  type Requests,
} from "./operations";
import { COMMANDS, MANY } from "./measure-sources";
import type { Results } from "./results";

/** Operations that change nothing, so that only Pulumi and the door take time. */
const IDLE: Operation[] = ["preview", "unchanged"];
const MOST_TIMES_NOOP_IDLE = [
  { secrets: 1000, most: 0.7 },
  { secrets: 100, most: 0.9 },
];
const MOST_TIMES_NOWHERE = [
  { way: "ours everywhere, warm", most: 0.85 },
  { way: "native everywhere, warm", most: 0.75 },
];
const MOST_TIMES_NOOP = 1.05;
const MOST_TIMES_CONVENTIONAL = 0.6;
const MOST_TIMES_DYNAMIC_IDLE = 0.85;
const MOST_TIMES_DYNAMIC_CREATE = 0.95;
const MOST_SECONDS_OVER_EMPTY = 0.2;
const MOST_STATE_BYTES = 2_500;
const MOST_MINIMAL_STATE_BYTES_NATIVE = 1_700;
/** Bytes are decimal: a KB is 1,000 bytes. */
const MOST_BYTES_OVER_NOOP = 40e6;
const LEAST_CLIENT_RATIO = 0.95;
const MOST_REDACTION_SECONDS = 0.5;
const MOST_LOG_RATIO = 2;
const MOST_TIMES_INLINE = 1.15;
const MOST_TIMES_SERIAL = 0.2;
const LARGE = 1000;

/** A target, and whether the figures meet it. */
export interface Target {
  /** The target. */
  text: string;
  verdict: "met" | "missed" | "not measured";
  /** The deciding figure, or all figures that miss the target. */
  found: string;
}

/** Compares the figures with every target. */
export function targetsOf(results: Results): Target[] {
  const rows = rowsOf(results, OPERATIONS);
  return [
    ...idleTargets(rows),
    noopTarget(rows),
    conventionalTarget(rows),
    ...nativeTargets(results, rows),
    stateTarget(results),
    minimalStateTarget(results),
    ...compiledTargets(results),
    requestsTarget(rows),
    memoryTarget(rows),
    clientTarget(results),
    ...redactionTarget(results),
    ...logTarget(results),
    ...sourceTargets(results),
  ];
}

function idleTargets(rows: Row[]): Target[] {
  return MOST_TIMES_NOOP_IDLE.map(({ secrets, most }) => ({
    text: `preview and unchanged \`up\` of ${number(secrets)} secrets in at most ${most.toFixed(2)} × the no-op provider's time`,
    ...atMost(
      most,
      rows.filter((row) => isIdle(row) && row.secrets === secrets),
      (row) => ratioOf(row, "ours", "noop", seconds),
    ),
  }));
}

function noopTarget(rows: Row[]): Target {
  const others = rows.filter(
    (row) => !isIdle(row) || MOST_TIMES_NOOP_IDLE.every(({ secrets }) => secrets !== row.secrets),
  );
  return {
    text: `everything else in at most ${MOST_TIMES_NOOP.toFixed(2)} × the no-op provider's time, the emulator's own time taken off`,
    ...atMost(MOST_TIMES_NOOP, others, (row) => ratioOf(row, "ours", "noop", secondsLessEmulator)),
  };
}

function conventionalTarget(rows: Row[]): Target {
  return {
    text: `at most ${MOST_TIMES_CONVENTIONAL} × the conventional provider's time to create ${number(LARGE)} secrets`,
    ...atMost(MOST_TIMES_CONVENTIONAL, rows.filter(isLargeCreate), (row) =>
      ratioOf(row, "ours", "conventional", seconds),
    ),
  };
}

function nativeTargets(results: Results, rows: Row[]): Target[] {
  const timesDynamic = (row: Row) => ratioOf(row, "native", "ours", seconds);
  const over = overEmpty(results, "native");
  return [
    {
      text: `native: preview and unchanged \`up\` of 10 secrets in at most ${MOST_TIMES_DYNAMIC_IDLE} × the dynamic resource's time`,
      ...atMost(
        MOST_TIMES_DYNAMIC_IDLE,
        rows.filter((row) => isIdle(row) && row.secrets === 10),
        timesDynamic,
      ),
    },
    {
      text: `native: create of ${number(LARGE)} secrets in at most ${MOST_TIMES_DYNAMIC_CREATE} × the dynamic resource's time`,
      ...atMost(MOST_TIMES_DYNAMIC_CREATE, rows.filter(isLargeCreate), timesDynamic),
    },
    {
      text: `native: preview of one secret at most ${MOST_SECONDS_OVER_EMPTY} s longer than that of an empty program`,
      ...judged(over, over && over.median > MOST_SECONDS_OVER_EMPTY ? [over] : [], ({ median }) =>
        median.toFixed(2),
      ),
    },
  ];
}

function stateTarget({ measurements }: Results): Target {
  const most = MOST_STATE_BYTES;
  const sizes = sizesOf(measurements).flatMap((secrets) => {
    const bytes = stateBytesOf(measurements, "ours", secrets);
    return bytes.length === 0 ? [] : [{ secrets, bytes: Math.max(...bytes) }];
  });
  return {
    text: `ours: at most ${number(most)} bytes of state per secret`,
    ...judged(
      worstOf(sizes, ({ bytes }) => bytes),
      sizes.filter(({ bytes }) => bytes > most),
      ({ secrets, bytes }) => `${number(bytes)} at ${number(secrets)}`,
    ),
  };
}

function minimalStateTarget({ minimalState }: Results): Target {
  const most = MOST_MINIMAL_STATE_BYTES_NATIVE;
  const found = minimalState?.native;
  return {
    text: `native: at most ${number(most)} bytes of state per secret with only an entity and a token`,
    ...judged(found, found !== undefined && found > most ? [found] : [], number),
  };
}

function compiledTargets({ compiled }: Results): Target[] {
  if (!compiled) return [];
  return MOST_TIMES_NOWHERE.map(({ way, most }) => {
    const { median } = compiledRatio(compiled.previews, way);
    return {
      text: `with compiled code kept (${way}): a preview of 10 secrets in at most ${most.toFixed(2)} × the time without`,
      ...judged(median, median > most ? [median] : [], (ratio) => ratio.toFixed(2)),
    };
  });
}

function requestsTarget(rows: Row[]): Target {
  const doors = rows.flatMap((row) => (["ours", "native"] as const).map((door) => ({ row, door })));
  const measured = doors.filter(({ row, door }) => requestsOf(row, door).length > 0);
  const beyond = measured.filter(({ row, door }) =>
    requestsOf(row, door).some((made) => exceeds(made, minimumRequests(row.operation, row.secrets))),
  );
  return {
    text:
      "no more requests than needed, through both doors: none for unchanged and preview, a token and one for each secret that " +
      "changes for create, update and destroy, one listing for each entity more for create, a token, one listing for each entity " +
      "and one read for each secret updated before for refresh",
    verdict: measured.length === 0 ? "not measured" : beyond.length === 0 ? "met" : "missed",
    found: beyond.map(({ row, door }) => requestsBeyond(row, door)).join(", "),
  };
}

function exceeds(made: Requests, needed: Requests): boolean {
  return Object.entries(made).some(([kind, count]) => count > (needed[kind as RequestKind] ?? 0));
}

function requestsBeyond(row: Row, door: Contender): string {
  const most = totals(requestsOf(row, door)).max;
  const least = total(minimumRequests(row.operation, row.secrets));
  return `${door}: ${number(most)} instead of ${number(least)} for ${where(row)}`;
}

function memoryTarget(rows: Row[]): Target {
  const large = rows.flatMap((row) => {
    const over = row.secrets === LARGE ? differenceOf(row, "ours", "noop", peakBytes) : undefined;
    return over === undefined ? [] : [{ row, bytes: over.median }];
  });
  return {
    text: `at most ${megabytes(MOST_BYTES_OVER_NOOP)} MB of memory over the no-op provider at ${number(LARGE)} secrets`,
    ...judged(
      worstOf(large, ({ bytes }) => bytes),
      large.filter(({ bytes }) => bytes > MOST_BYTES_OVER_NOOP),
      ({ row, bytes }) => `${megabytes(bytes)} MB for ${row.operation}`,
    ),
  };
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

function logTarget({ log: [few, many] = [] }: Results): Target[] {
  if (!few || !many) return [];
  const ratio = many.seconds / few.seconds;
  return [
    {
      text: `${number(many.values)} values cost a log of 10,000 lines at most ${MOST_LOG_RATIO} × as much as ${number(few.values)}`,
      ...judged(ratio, ratio > MOST_LOG_RATIO ? [ratio] : [], () => `${ratio.toFixed(2)}, ${many.seconds} s`),
    },
  ];
}

function sourceTargets({ sources }: Results): Target[] {
  if (!sources) return [];
  const target = (text: string, most: number, figures: [where: string, ratio: number][]): Target => ({
    text,
    ...judged(
      worstOf(figures, ([, ratio]) => ratio),
      figures.filter(([, ratio]) => ratio > most),
      ([where, ratio]) => `${ratio.toFixed(2)} for ${where}`,
    ),
  });
  return [
    target(
      `preview of ${number(MANY)} secrets with values from variables in at most ${MOST_TIMES_INLINE} × the time with inline values`,
      MOST_TIMES_INLINE,
      sources.map(({ door, inline, fromEnv }) => [door, spread(fromEnv).median / spread(inline).median]),
    ),
    target(
      `preview and unchanged \`up\` of ${COMMANDS} secrets with a command each that takes a second in at most ${MOST_TIMES_SERIAL.toFixed(2)} × the time of one command after the other`,
      MOST_TIMES_SERIAL,
      sources.flatMap(({ door, serial, parallel }) =>
        IDLE.map((operation): [string, number] => [
          `${operation}, ${door}`,
          (parallel[operation] ?? NaN) / (serial[operation] ?? NaN),
        ]),
      ),
    ),
  ];
}

/** Checks the median of a ratio in each row that has one. */
function atMost(most: number, rows: Row[], ratio: (row: Row) => Spread | undefined): Omit<Target, "text"> {
  const known = rows.flatMap((row) => {
    const median = ratio(row)?.median;
    return median === undefined ? [] : [{ row, median }];
  });
  return judged(
    worstOf(known, ({ median }) => median),
    known.filter(({ median }) => median > most),
    ({ row, median }) => `${median.toFixed(2)} for ${where(row)}`,
  );
}

/** @param worst - the figure nearest to the limit; undefined if nothing was measured */
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

function isIdle({ operation }: Row): boolean {
  return IDLE.includes(operation);
}

function isLargeCreate({ operation, secrets }: Row): boolean {
  return operation === "create" && secrets === LARGE;
}

function where({ operation, secrets }: Row): string {
  return `${operation} at ${number(secrets)}`;
}
