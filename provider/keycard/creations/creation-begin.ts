import type { KeycardClient } from "../client";
import { latestOf } from "../http/server-clock";
import type { Secret } from "../secret";
import type { Age } from "./find-created";

/** How far the clock that sets `createdAt` may be behind the clock that sets the `Date` header, in milliseconds. */
const TOLERANCE_MS = 60_000;

/** How far the clocks of one service's machines may differ, in milliseconds. */
const SKEW_MS = 250;

/** The time when a creation began, which determines which secrets it can have created. */
export class CreationBegin {
  private readonly here = performance.now();

  /**
   * @param earlierSince - when an earlier run began it, by the service's clock in milliseconds since the epoch; `NaN` if that
   *   is not known, undefined if this run began it
   */
  constructor(
    private readonly client: KeycardClient,
    private readonly earlierSince: number | undefined,
  ) {}

  /** Milliseconds since this run began to work on it. */
  get elapsedMs(): number {
    return performance.now() - this.here;
  }

  /** When it began, by the service's clock in milliseconds since the epoch; undefined if that is not known. */
  get since(): number | undefined {
    const since = this.earlierSince ?? this.client.clock.earliestAt(this.here);
    return Number.isNaN(since) ? undefined : since;
  }

  /** True if it began so recently that a listing may not show its secret yet. */
  isRecent(withinMs: number): boolean {
    const moment = this.moment;
    return moment === undefined || performance.now() - moment < withinMs;
  }

  /** True if an answer showed the secret before the creation began. */
  wasShownBefore(id: string): boolean {
    return this.client.sightings.wasShownBefore(id, this.moment ?? -Infinity);
  }

  /**
   * Tells whether a secret was created since then. `createdAt` and the `Date` header may come from different clocks: a time
   * shortly before is certain only after an answered creation has shown the difference.
   */
  ageOf({ createdAt }: Secret): Age {
    const { moment, since } = this;
    const latest = latestOf(createdAt);
    if (Number.isNaN(latest)) return "unclear";
    const measured = this.client.sightings.creationClock.latestMoment(createdAt);
    if (measured !== undefined && moment !== undefined) return ageBy(measured - moment);
    return since === undefined ? "unclear" : ageBy(latest - since);
  }

  /** By `performance.now()`; undefined if it is not known. */
  private get moment(): number | undefined {
    if (this.earlierSince === undefined) return this.here;
    return Number.isNaN(this.earlierSince)
      ? undefined
      : this.client.clock.earliestMomentOf(this.earlierSince);
  }
}

function ageBy(aheadMs: number): Age {
  if (aheadMs >= -SKEW_MS) return "since";
  return aheadMs >= -TOLERANCE_MS ? "unclear" : "before";
}
