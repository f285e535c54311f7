import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { isObject, sameJson, type JsonObject } from "../../provider/json/same-json";
import type { StoredSecret, Switches } from "../emulator";
import { normalised } from "../emulator/normalise";

type Content = Pick<StoredSecret, "name" | "description" | "metadata"> & { entity_id: string };

const FIELDS = ["entity_id", "name", "description", "metadata"] as const;

/**
 * Fails unless each field of a secret but its value means what is declared, in the form that the service gave it: which depends on when it
 * was written last.
 *
 * @param habits - what the service made of what it kept, in each round so far
 */
export function assertMeans(
  secret: StoredSecret,
  { entityId, ...args }: SecretArgs,
  habits: readonly Switches[],
): void {
  const declared = { entity_id: entityId, ...args } as Content;
  const kept: Content = { ...secret, metadata: withoutOwn(secret.metadata) };
  for (const field of FIELDS) {
    const forms = habits.map((switches) => normalised(declared, switches)[field] ?? absentAs(field));
    assert.ok(
      forms.some((form) => sameJson(kept[field] ?? absentAs(field), form)),
      `${field} of ${secret.id} is ${JSON.stringify(kept[field])}, not one of ${JSON.stringify(forms)}`,
    );
  }
}

/** Empty metadata is no metadata. */
function absentAs(field: (typeof FIELDS)[number]): JsonObject | undefined {
  return field === "metadata" ? {} : undefined;
}

/** Metadata without what the emulator adds by itself. */
function withoutOwn(metadata: JsonObject = {}): JsonObject {
  const isDeclared = ([key]: [string, unknown]) => key !== "source" && key !== "stampedBy";
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(isDeclared)
      .map(([key, value]) => [
        key,
        isObject(value) ? Object.fromEntries(Object.entries(value).filter(isDeclared)) : value,
      ]),
  );
}
