import { isObject, sameJson } from "../json";
import type { KnownOptions } from "./generated-options";
import type { UnreadValue } from "./value-source";

/** A generated value as the state has it. */
export interface KeptGenerated extends Partial<UnreadValue> {
  /** The options with which the value was or will be generated. */
  generated: KnownOptions;
  /**
   * The time since which the value is valid, by RFC 3339. Without it, the fingerprint is that of a value that somebody else
   * has set.
   */
  since?: string;
  /** Salted and slow, as in `scrypt:2048:8:1$…$…`; absent if the value was never known. */
  fingerprint?: string;
}

/** The mark of a value that was given, and that the state does not have. */
export interface GivenMark {
  /** The key by which the provider finds the value when it sends it, in the same run. It reveals nothing about the value. */
  given: string;
}

/** An initial value as the state has it: only that it was set. */
export interface GivenInitial {
  /** That a value was given. */
  initialValue: GivenMark;
  /** The fingerprint of an unconfirmed create, to find its secret. */
  fingerprint?: string;
}

/** True for a generated value, as `generated` declares it and as the state has it. */
export function isGenerated(value: unknown): value is KeptGenerated {
  return isObject(value) && Object.hasOwn(value, "generated");
}

/** True for an initial value, as `initialValue` declares it and as the state has it. */
export function isInitial(value: unknown): value is GivenInitial {
  return isObject(value) && Object.hasOwn(value, "initialValue");
}

/** True for a generated value that must be replaced because Keycard has, or may have, another one. */
export function isStale({ since, fingerprint, unreadVersion }: KeptGenerated): boolean {
  return unreadVersion !== undefined || (fingerprint !== undefined && since === undefined);
}

const DAY_MS = 86_400_000;

/** True for a value that is older than `rotateAfterDays`. */
export function isDue(since: string | undefined, { rotateAfterDays }: KnownOptions): boolean {
  if (since === undefined || rotateAfterDays === undefined) return false;
  return Date.now() - Date.parse(since) > rotateAfterDays * DAY_MS;
}

/** True if both options generate equivalent values. */
export function sameGeneration(one: KnownOptions, other: KnownOptions): boolean {
  return sameJson({ ...one, rotateAfterDays: null }, { ...other, rotateAfterDays: null });
}
