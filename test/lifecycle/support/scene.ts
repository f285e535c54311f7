import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { type SecretArgs, type SecretOutputs, Secret } from "pulumi-keycard";
import { Secret as NativeSecret } from "pulumi-keycard/native";
import { type Keycard, type KeycardOptions, startKeycard } from "../../emulator";
import { closeAll, orClose } from "../../support/close-all";
import type { ResourceKind } from "../../support/resource-kinds";
import { openWorkspace } from "./open-workspace";
import type { Workspace } from "./workspace";

/** The declared secrets by the names of their resources. */
export type Declared = Record<string, SecretArgs>;

/** How a scene's program declares secrets: as dynamic resources, or through the plugin. */

/** The resource of each kind. */
export const SECRET_OF: Record<
  ResourceKind,
  new (name: string, args: SecretArgs, options?: CustomResourceOptions) => CustomResource & SecretOutputs
> = {
  dynamic: Secret,
  native: NativeSecret,
};

/** The type that secrets of each kind have in the state. */
export const TYPE_OF: Record<ResourceKind, string> = {
  dynamic: "pulumi-nodejs:dynamic/keycard:Secret",
  native: "keycard-secrets:index:Secret",
};

/** Every planted value begins with this text, and nothing else does. */
export const PLANTED = "planted-";

/** An emulator, and a stack whose program declares secrets in it. */
export interface Scene {
  keycard: Keycard;
  stack: Workspace;
  /** How the program declares secrets. */
  resource: ResourceKind;
  /** The URN of a declared secret. */
  urnOf(name: string): string;
  /** Sets what the next run of the program declares, with the same options for each secret. */
  declare(secrets: Declared, options?: CustomResourceOptions): void;
  /** The ID that a declared secret has in the state. */
  idOf(name: string, resource?: ResourceKind): Promise<string>;
  /** The state of a declared secret, decrypted. */
  stateOf(name: string): Promise<Record<string, unknown>>;
  /** Closes both, and searches everything that was stored and printed for planted values and credentials. */
  close(): Promise<void>;
}

/** The settings of a scene. */
export interface SceneOptions extends KeycardOptions {
  /** @defaultValue `dynamic` */
  resource?: ResourceKind;
  /** Added to what the provider needs to find the emulator. */
  env?: Record<string, string>;
  /** Added to what the provider needs; keys in `keycard:` become those of the kind of resource. */
  config?: Record<string, string>;
}

/** Opens a scene. */
export async function openScene({
  resource = "dynamic",
  env,
  config,
  ...keycardOptions
}: SceneOptions = {}): Promise<Scene> {
  const keycard = await startKeycard({ ids: "sequential", ...keycardOptions });
  const opening = openWorkspace({
    program: () => Promise.resolve(),
    config: configFor(resource, { "keycard-secrets:zoneId": "zone_1", ...config }),
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      ...env,
    },
  });
  const stack = await orClose(opening, keycard);
  const resourceOf = async (name: string, of = resource) => {
    const { resources } = await stack.exportState();
    const found = resources.find(({ urn }) => urn.endsWith(`${TYPE_OF[of]}::${name}`));
    assert.ok(found, `${name} is not in the state`);
    return found;
  };
  return {
    keycard,
    stack,
    resource,
    urnOf: (name) => `urn:pulumi:test::lifecycle::${TYPE_OF[resource]}::${name}`,
    declare: (secrets, options) => {
      stack.program = () => {
        for (const [name, args] of Object.entries(secrets)) new SECRET_OF[resource](name, args, options);
        return Promise.resolve();
      };
    },
    idOf: async (name, of) => (await resourceOf(name, of)).id ?? "",
    stateOf: async (name) => decrypted((await resourceOf(name)).outputs ?? {}, resource),
    close: async () => {
      try {
        assertClean(await stack.storedText(), "the backend", keycard);
        assertClean(stack.allText(), "the output of the CLI", keycard);
      } finally {
        await closeAll(stack, keycard);
      }
    },
  };
}

/** A value that a search can find. */
export function token(text: string): { type: "token"; token: string } {
  return { type: "token", token: `${PLANTED}${text}` };
}

/** @throws if a text shows a planted value or a credential */
export function assertClean(text: string, where: string, keycard: Keycard): void {
  for (const value of [PLANTED, keycard.clientSecret, keycard.accessToken]) {
    assert.ok(!text.includes(value), `${where} shows ${value}`);
  }
}

/** Moves the plugin's settings to its own namespace. */
function configFor(resource: ResourceKind, config: Record<string, string>): Record<string, string> {
  if (resource === "dynamic") return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^keycard:/, "keycard-secrets:"), value]),
  );
}

/** The properties of a resource with each secret decrypted, and without the loader text. */
function decrypted(
  { __provider, ...outputs }: Record<string, unknown>,
  resource: ResourceKind,
): Record<string, unknown> {
  assert.equal(typeof __provider, resource === "dynamic" ? "string" : "undefined");
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const { plaintext } = value as { plaintext?: string };
      return [key, plaintext === undefined ? value : (JSON.parse(plaintext) as unknown)];
    }),
  );
}
