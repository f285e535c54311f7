import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as keycard from "pulumi-keycard";
import type { SecretArgs, ValueSource } from "pulumi-keycard";
import type { StoredSecret, Switches } from "../../emulator";
import type { ResourceKind } from "../../support/resource-kinds";
import { PLANTED, TYPE_OF, token } from "./scene";

/** A part of a state: all secrets of a zone share what happened to them. */
export type Part =
  "settled" | "normalised" | "drifted" | "unread" | "unfinished" | "uncertain" | "unconfirmed";

/** A state that a release has written, and what Keycard had then. */
export interface OlderState {
  /** As `pulumi stack export --show-secrets` writes it. */
  deployment: { resources: { urn: string; type: string; id?: string; parent?: string }[] };
  keycard: StoredSecret[];
}

/** What a release exports, as far as these programs use it. */
export type Release = Pick<typeof keycard, "Secret"> & Partial<typeof keycard>;

/** The file and the variables that the programs take values from. */
export const FILE = { name: "value.txt", content: `${PLANTED}by-file\n` };
export const ENV = { BY_VARIABLE: `${PLANTED}by-variable`, BY_COMMAND: `${PLANTED}by-command` };

/** Secrets that exist before the programs adopt, import or read them. */
export const EXISTING = [
  "adopted",
  "adopted-made",
  "adopted-given",
  "imported",
  "imported-reference",
  "theirs",
];

/** A service that normalises what it stores. */
export const ZONE_SWITCHES: Record<string, Partial<Switches>> = {
  normalised: { texts: "trimmed", metadataValues: "trimmed", ownMetadata: "always" },
};

/** A value that lasts longer than these tests. */
const DAYS = 36_500;

/** The secrets of a part by their resource names, as the last program of the recording declares them. */
export function declared(
  part: Part,
  { generated, initialValue, fromEnv, fromFile, fromCommand }: Release,
): Record<string, SecretArgs> {
  const at = { zoneId: part, entityId: "ent_1" };
  const variable = (): ValueSource => fromEnv?.("BY_VARIABLE") ?? { fromEnv: "BY_VARIABLE" };
  const referenced = (source: ValueSource): SecretArgs => ({ ...at, data: { type: "token", token: source } });
  const inline: SecretArgs = { ...at, data: token(part) };
  const isNew = generated !== undefined && initialValue !== undefined;
  const made = (): SecretArgs["data"] =>
    ({ type: "token", token: generated?.({ length: 32 }) ?? assertNew() }) as const;
  const given = (value = `${PLANTED}first`): SecretArgs["data"] =>
    ({ type: "token", token: initialValue?.(value) ?? assertNew() }) as const;
  switch (part) {
    case "settled":
      return {
        inline,
        "odd::name": inline,
        password: { ...at, data: { type: "password", username: "app", password: `${PLANTED}password` } },
        full: { ...inline, name: "Name of its own", description: "Ünï ✓", metadata: { team: "release" } },
        nested: {
          ...inline,
          metadata: {
            owner: { unit: 1, on: true, tags: ["x", null, { y: 0.5 }] },
            empty: {},
            list: [],
            none: "",
          },
        },
        cleared: { ...inline, description: "", metadata: {} },
        edited: { ...inline, description: "Second", metadata: { edit: 2 } },
        variable: referenced(variable()),
        file: referenced(fromFile?.(FILE.name) ?? assertNew()),
        command: referenced(
          fromCommand?.(["sh", "-c", "printf %s $BY_COMMAND"], { timeoutSeconds: 20 }) ?? assertNew(),
        ),
        "password-variable": { ...at, data: { type: "password", username: "app", password: variable() } },
        adopted: { ...inline, adoptId: "adopted", data: token("adopted") },
        ...(isNew && {
          made: { ...at, data: made(), maxAgeDays: DAYS },
          "made-password": {
            ...at,
            data: {
              type: "password",
              username: "app",
              password: generated({
                length: 20,
                characters: ["upper", "digits"],
                rotateAfterDays: DAYS,
                rotation: "1",
              }),
            },
          },
          given: { ...at, data: given() },
          "given-password": {
            ...at,
            data: { type: "password", username: "app", password: initialValue(variable()) },
          },
          "adopted-made": { ...at, adoptId: "adopted-made", data: made() },
          "adopted-given": { ...at, adoptId: "adopted-given", data: given() },
          aged: { ...inline, maxAgeDays: DAYS },
        }),
      };
    case "normalised":
      if (!isNew) return {};
      return {
        trimmed: {
          ...inline,
          name: " trimmed ",
          description: " for  releases ",
          metadata: { team: " a ", n: 1 },
        },
        spaces: { ...inline, name: "spaces", description: " " },
      };
    case "drifted":
    case "unread":
      return {
        [`${part}-inline`]: inline,
        [`${part}-variable`]: referenced(variable()),
        ...(isNew && {
          [`${part}-made`]: { ...at, data: made() },
          [`${part}-given`]: { ...at, data: given() },
        }),
      };
    case "unfinished":
      return { unfinished: { ...inline, name: "renamed" } };
    case "uncertain":
      return { uncertain: { ...inline, description: "Second" } };
    case "unconfirmed":
      return {
        unconfirmed: inline,
        "unconfirmed-variable": referenced(variable()),
        ...(isNew && {
          "unconfirmed-made": { ...at, data: made() },
          "unconfirmed-given": { ...at, data: given() },
        }),
      };
  }
}

function assertNew(): never {
  throw new Error("The release has no such value.");
}

/** What the first program of the recording declares otherwise. */
export const BEFORE: Record<string, Partial<SecretArgs>> = {
  edited: { description: "First", metadata: { edit: 1, gone: true } },
  unfinished: { name: "unfinished", description: "First" },
  uncertain: { description: "First" },
};

interface ProgramOptions {
  /** What the first program declares otherwise. */
  before?: Record<string, Partial<SecretArgs>>;
  /** Whether the secrets were declared with the other kind of resource before. */
  aliases?: boolean;
  /** The resources of the state, of which an older release has fewer. */
  names?: readonly string[];
}

/** A program that declares some parts, with the classes of a release. */
export function olderProgram(
  release: Release,
  resource: ResourceKind,
  parts: readonly Part[],
  { before = {}, aliases, names }: ProgramOptions = {},
): () => Promise<void> {
  const { Secret } = release;
  const alias = aliases ? { aliases: [{ type: TYPE_OF[resource === "native" ? "dynamic" : "native"] }] } : {};
  return () => {
    for (const part of parts) {
      for (const [name, args] of Object.entries(declared(part, release))) {
        if (names?.includes(name) !== false) new Secret(name, { ...args, ...before[name] }, alias);
      }
    }
    if (!parts.includes("settled")) return Promise.resolve();
    const parent = new pulumi.ComponentResource("test:index:Team", "team");
    new Secret(
      "inside",
      { zoneId: "settled", entityId: "ent_2", data: token("inside") },
      { ...alias, parent },
    );
    Secret.get("theirs", "theirs", { zoneId: "settled" }, alias);
    if (resource === "dynamic" || aliases) return Promise.resolve();
    const args = { zoneId: "settled", entityId: "ent_1" };
    new Secret("imported", { ...args, data: token("imported") }, { import: "settled/imported" });
    const data = { type: "token", token: { fromEnv: "BY_VARIABLE" } } as const;
    new Secret("imported-reference", { ...args, data }, { import: "settled/imported-reference" });
    return Promise.resolve();
  };
}

/** Reads a recorded state. */
export function olderState(release: string, resource: ResourceKind): OlderState {
  return JSON.parse(
    readFileSync(join(__dirname, `../states/${release}-${resource}.json`), "utf8"),
  ) as OlderState;
}
