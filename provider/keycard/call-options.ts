import type { Failure } from "./http/errors";
import type { Data } from "./secret";

/** Options of a call that is part of a larger operation. */
export interface CallOptions {
  /**
   * The time limit for all attempts together, in milliseconds.
   *
   * @defaultValue the limit of the client
   */
  totalMs?: number;
  /**
   * A UUID.
   *
   * @defaultValue a new one
   */
  requestId?: string;
  /**
   * Values that no error may show, in addition to those that are sent: the service may know them from an earlier call.
   *
   * @defaultValue none
   */
  hidden?: readonly string[];
  /** Returns true if the caller prefers not to retry after this failure. `attempt` counts from 1. */
  givesUp?: (failure: Failure, attempt: number) => boolean;
}

/** What narrows a listing. */
export interface SecretFilter {
  entityId?: string;
  type?: Data["type"];
}
