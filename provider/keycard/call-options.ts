import type { Failure } from "./errors";
import type { Data } from "./secret";

/** What makes a call a part of something larger. */
export interface CallOptions {
  /**
   * How long it may take with all its attempts, in milliseconds.
   *
   * @defaultValue the limit of the client
   */
  totalMs?: number;
  /**
   * A UUID.
   *
   * @defaultValue one of its own
   */
  requestId?: string;
  /** True where, after an attempt (counted from 1) that failed so, the caller has a better way than another one. */
  givesUp?: (failure: Failure, attempt: number) => boolean;
}

/** What narrows a listing. */
export interface SecretFilter {
  entityId?: string;
  type?: Data["type"];
}
