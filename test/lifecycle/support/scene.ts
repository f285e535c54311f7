import assert from "node:assert/strict";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { startKeycard, type Keycard, type KeycardOptions } from "../../emulator";
import { openWorkspace } from "./open-workspace";
import type { Workspace } from "./workspace";

/** The declared secrets by the names of their resources. */
export type Declared = Record<string, SecretArgs>;

/** Every value that a test plants begins so, and nothing else does. */
export const PLANTED = "planted-";

/** An emulator, and a stack whose program declares secrets in it. */
export interface Scene {
  keycard: Keycard;
  stack: Workspace;
  /** What the next run of the program declares. */
  declare(secrets: Declared): void;
  /** The id of a declared secret, as the state has it. */
  idOf(name: string): Promise<string>;
  /** What the state says of a declared secret, decrypted. */
  stateOf(name: string): Promise<Record<string, unknown>>;
  /** Ends both, and searches all that was stored and printed for planted values and credentials. */
  close(): Promise<void>;
}

/** Opens a scene; `env` and `config` are added to what the provider needs to find the emulator. */
export async function openScene(
  options: KeycardOptions & { env?: Record<string, string>; config?: Record<string, string> } = {},
): Promise<Scene> {
  const { env, config, ...keycardOptions } = options;
  const keycard = await startKeycard({ ids: "sequential", ...keycardOptions });
  const stack = await openWorkspace({
    program: () => Promise.resolve(),
    config: { "keycard-secrets:zoneId": "zone_1", ...config },
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      ...env,
    },
  });
  const resourceOf = async (name: string) => {
    const { resources } = await stack.exportState();
    const found = resources.find(({ urn }) => urn.endsWith(`keycard:Secret::${name}`));
    assert.ok(found, `${name} is not in the state`);
    return found;
  };
  return {
    keycard,
    stack,
    declare: (secrets) => {
      stack.program = () => {
        for (const [name, args] of Object.entries(secrets)) new Secret(name, args);
        return Promise.resolve();
      };
    },
    idOf: async (name) => (await resourceOf(name)).id ?? "",
    stateOf: async (name) => decrypted((await resourceOf(name)).outputs ?? {}),
    close: async () => {
      try {
        assertClean(await stack.storedText(), "the backend", keycard);
        assertClean(stack.allText(), "the output of the CLI", keycard);
      } finally {
        await stack.close();
        await keycard.close();
      }
    },
  };
}

/** A value that can be searched for. */
export function token(text: string): { type: "token"; token: string } {
  return { type: "token", token: `${PLANTED}${text}` };
}

function assertClean(text: string, where: string, keycard: Keycard): void {
  for (const value of [PLANTED, keycard.clientSecret, keycard.accessToken]) {
    assert.ok(!text.includes(value), `${where} shows ${value}`);
  }
}

/** The properties of a resource with each secret replaced by its value, and without the loader text. */
function decrypted({ __provider, ...outputs }: Record<string, unknown>): Record<string, unknown> {
  assert.equal(typeof __provider, "string");
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const { plaintext } = value as { plaintext?: string };
      return [key, plaintext === undefined ? value : (JSON.parse(plaintext) as unknown)];
    }),
  );
}
