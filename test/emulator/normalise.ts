import type { StoreSwitches } from "./switches";
import type { NewSecret, SecretPatch } from "./wire";

type Json = Record<string, unknown>;

/** Normalises a body, before anything else happens to it. */
export function normalised<Body extends NewSecret | SecretPatch>(body: Body, switches: StoreSwitches): Body {
  const { name, description, metadata } = body;
  return {
    ...body,
    ...(name !== undefined && { name: textOf(name, switches) }),
    ...(typeof description === "string" && { description: textOf(description, switches) }),
    ...(metadata && { metadata: valuesOf(metadata, switches) }),
  };
}

/** Metadata with the keys that the service adds at a write. */
export function withOwn(
  metadata: Json | undefined,
  isNew: boolean,
  { ownMetadata }: StoreSwitches,
): Json | undefined {
  const adds = ownMetadata === "always" || ownMetadata === (isNew ? "on-create" : "on-update");
  if (!adds) return metadata;
  const stamped = Object.entries(metadata ?? {}).map(([key, value]) => [
    key,
    isJson(value) ? { ...value, stampedBy: isNew ? "create" : "update" } : value,
  ]);
  return { ...Object.fromEntries(stamped), source: "api" } as Json;
}

function textOf(text: string, { texts }: StoreSwitches): string {
  switch (texts) {
    case "kept":
      return text;
    case "trimmed":
      return text.trim();
    case "nfc":
      return text.normalize("NFC");
    case "lower-case":
      return text.toLowerCase();
    case "collapsed":
      return text.replace(/\s+/g, " ");
    case "cut":
      return Buffer.from(text)
        .subarray(0, 128)
        .toString()
        .replace(/\uFFFD+$/, "");
  }
}

function valuesOf(metadata: Json, switches: StoreSwitches): Json {
  const members = Object.entries(metadata).filter(([, value]) => isPresent(value, switches));
  return Object.fromEntries(
    members.map(([key, value]) => [
      switches.metadataValues === "lower-case-keys" ? key.toLowerCase() : key,
      isJson(value) ? valuesOf(value, switches) : scalarOf(value, switches),
    ]),
  );
}

function isPresent(value: unknown, { metadataNulls, metadataValues }: StoreSwitches): boolean {
  if (value === null) return metadataNulls === "kept";
  if (metadataValues !== "without-empty") return true;
  return !(value === "" || (typeof value === "object" && Object.keys(value).length === 0));
}

function scalarOf(value: unknown, { metadataValues }: StoreSwitches): unknown {
  if (metadataValues === "trimmed" && typeof value === "string") return value.trim();
  return metadataValues === "as-text" && ["number", "boolean"].includes(typeof value) ? String(value) : value;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
