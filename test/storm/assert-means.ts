import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { isObject, sameJson, type JsonObject } from "../../provider/json";
import type { StoredSecret, Switches } from "../emulator";
import { normalised } from "../emulator/normalise";

type Content = Pick<StoredSecret, "name" | "description" | "metadata"> & { entity_id: string };

const FIELDS = ["entity_id", "name", "description", "metadata"] as const;

/**
 * Asserts that each field of a secret except its value means what is declared. The service may have changed the form,
 * which depends on when the field was last written.
 *
 * @param habits - how the service changed what it stored, in each round so far
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

/** Treats empty metadata as absent. */
function absentAs(field: (typeof FIELDS)[number]): JsonObject | undefined {
  return field === "metadata" ? {} : undefined;
}

/** Metadata without the keys that the emulator adds. */
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
