import { changedOf, entitiesOf } from "./contenders/declared";
import type { Key, Results, Sample } from "./results";

/** The figures of a sample; undefined if they were not measured. */
const FIGURES = {
  seconds: (one: Sample) => one.seconds,
  /** Without what the emulator and the bench took: a real Keycard runs elsewhere. */
  secondsLessEmulator: (one: Sample) => one.seconds && one.seconds - (one.emulatorSeconds ?? 0),
  cpuSeconds: (one: Sample) => one.cpuSeconds,
  emulatorSeconds: (one: Sample) => one.emulatorSeconds,
  providerMB: (one: Sample) => one.providerBytes && one.providerBytes / 1e6,
  stateBytesEach: (one: Sample) => one.stateBytes && one.stateBytes / one.size,
  requests: ({ requests }: Sample) => requests && sum(Object.values(requests)),
  requestsNotNeeded: ({ operation, size, requests }: Sample) => {
    const needed = NEEDED[operation]?.(size) ?? {};
    const beyond = Object.entries(requests ?? {}).map(([kind, made]) =>
      Math.max(0, made - (needed[kind] ?? 0)),
    );
    return requests && sum(beyond);
  },
};

type Figure = keyof typeof FIGURES;

/** The requests that each operation needs, by kind. */
const NEEDED: Record<string, (secrets: number) => Record<string, number>> = {
  // A listing shows what an interrupted run has created.
  create: (secrets) => ({ token: 1, list: entitiesOf(secrets), post: secrets }),
  update: (secrets) => ({ token: 1, patch: changedOf(secrets) }),
  // A listing shows each version, and so that no value has changed. What was updated has one whose value is not known.
  refresh: (secrets) => ({ token: 1, list: entitiesOf(secrets), get: changedOf(secrets) }),
  destroy: (secrets) => ({ token: 1, delete: secrets }),
};

export type Spread = [minimum: number, median: number, maximum: number];

/** Looks up and compares figures. What was not measured is undefined. */
export class Figures {
  private readonly samples: Sample[];

  constructor({ scenarios }: Results) {
    this.samples = scenarios.flatMap((one) => one.samples);
  }

  /** The numbers of secrets that the operations were measured with, ascending. */
  get sizes(): number[] {
    const sizes = this.samples.filter((one) => one.operation === "create" && one.who === "noop");
    return [...new Set(sizes.map(({ size }) => size))].sort((a, b) => a - b);
  }

  of({ operation, size, who }: Key): Sample[] {
    return this.samples.filter((one) => one.operation === operation && one.size === size && one.who === who);
  }

  spread(key: Key, figure: Figure = "seconds"): Spread | undefined {
    return spreadOf(this.of(key).map(FIGURES[figure]));
  }

  /** A figure divided by that of another key, or less that, in the turns that both took part in. */
  compare(
    key: Key,
    other: Partial<Key>,
    figure: Figure = "seconds",
    by: "×" | "−" = "×",
  ): Spread | undefined {
    const others = this.of({ ...key, ...other });
    const pairs = this.of(key).flatMap((one) => {
      const sameTurn = others.find(({ turn }) => turn === one.turn);
      return sameTurn ? [[FIGURES[figure](one), FIGURES[figure](sameTurn)] as const] : [];
    });
    return spreadOf(
      pairs.map(([mine, theirs]) => {
        if (mine === undefined || theirs === undefined) return undefined;
        return by === "×" ? mine / theirs : mine - theirs;
      }),
    );
  }
}

/** Undefined if there is no figure, or one was not measured. */
function spreadOf(figures: (number | undefined)[]): Spread | undefined {
  const sorted = figures.filter((figure) => figure !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length < figures.length) return undefined;
  const at = (place: number) => sorted[place] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return [at(0), (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, at(sorted.length - 1)];
}

/** The keys of `operation/size/who`, with alternatives as in `preview|create/10/ours`. */
export function keysOf(text: string): Key[] {
  const [operations = [], sizes = [], whos = []] = text.split("/").map((part) => part.split("|"));
  return operations.flatMap((operation) =>
    sizes.flatMap((size) => whos.map((who) => ({ operation, size: Number(size), who }))),
  );
}

export const number = (value: number) => Math.round(value).toLocaleString("en-US");

const sum = (all: number[]) => all.reduce((one, other) => one + other, 0);
