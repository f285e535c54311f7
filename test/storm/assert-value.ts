import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { sameJson } from "../../provider/json";
import type { SecretData } from "../emulator";

/** The declared and the actual value at the end of the previous round. */
export interface ValueBefore {
  declared: SecretArgs["data"] | undefined;
  /** Undefined if the secret is new. */
  data: SecretData | undefined;
}

type Value = Record<string, unknown> | string;

/**
 * Asserts that a secret has the declared value: inline, by reference, generated and not regenerated without a reason, or
 * an initial value with later changes.
 */
export function assertValue(
  id: string,
  data: SecretData,
  declared: SecretArgs["data"],
  before: ValueBefore,
): void {
  const { type, token, username, password } = declared as unknown as Record<string, string>;
  const value = (type === "token" ? token : password) as unknown as Value;
  const dataWith = (text: string) =>
    type === "token" ? { type, token: text } : { type, username, password: text };
  const held = data.type === "token" ? data.token : data.password;
  const isOldType = before.data !== undefined && before.data.type === type;
  const what = `the value of ${id}, declared as ${JSON.stringify(declared)}`;
  if (typeof value === "string" || "fromEnv" in value)
    return assert.deepEqual(data, dataWith(textOf(value)), what);
  if ("initialValue" in value) {
    const expected = isOldType ? before.data : dataWith(textOf(value["initialValue"] as Value));
    return assert.deepEqual(data, expected, what);
  }
  const { length } = value["generated"] as { length: number };
  assert.match(held, new RegExp(`^[a-zA-Z0-9]{${length}}$`), what);
  assert.deepEqual(data, dataWith(held), what);
  if (isOldType && sameJson(before.declared, declared)) assert.deepEqual(data, before.data, what);
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : (process.env[value["fromEnv"] as string] ?? "");
}
