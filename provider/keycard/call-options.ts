import type { Failure } from "./http/errors";
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
  /**
   * Values that no error may show, beside those that are sent: the service may know them from an earlier call.
   *
   * @defaultValue none
   */
  hidden?: readonly string[];
  /** True where, after an attempt (counted from 1) that failed so, the caller has a better way than another one. */
  givesUp?: (failure: Failure, attempt: number) => boolean;
}

/** What narrows a listing. */
export interface SecretFilter {
  entityId?: string;
  type?: Data["type"];
}
