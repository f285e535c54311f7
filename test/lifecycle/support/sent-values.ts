import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretData } from "../../emulator";
import { decrypt } from "./decrypt";
import { engineEnvironment } from "./environment";
import type { RunResult } from "./run-result";
import { PLANTED, type Scene } from "./scene";

/** The values that a scene's emulator received. A test may search for all of them wherever something is stored. */
export interface SentValues {
  /** The current value of a secret. */
  now(id: string): string;
  /** The requests since the last call of this function, whose values are remembered. */
  calls(): { method: string; path: string; body?: unknown }[];
  /** Saves the plan of a preview, and searches it, also decrypted. */
  plan(): Promise<{ path: string; run: RunResult }>;
  /** Searches the whole decrypted state, the backend and all output of the CLI; fails if no value was sent yet. */
  assertNowhere(): Promise<void>;
}

/** Starts to remember the values that reach a scene's emulator. */
export function sentValues({ keycard, stack }: Scene): SentValues {
  const values = new Set<string>();
  const remember = (data: SecretData | undefined) => {
    if (data) values.add(data.type === "token" ? data.token : data.password);
  };
  const rememberAll = () => {
    for (const { body } of keycard.calls()) remember((body as { data?: SecretData } | undefined)?.data);
    for (const { data } of keycard.secrets()) remember(data);
  };
  const assertIn = (text: string, where: string) => {
    for (const value of values) assert.ok(!text.includes(value), `${where} holds a value that was sent`);
  };
  const at = (name: string) => join(stack.project, name);
  return {
    now: (id) => {
      const { data } = keycard.secret(id) ?? assert.fail(`${id} is not there`);
      return data.type === "token" ? data.token : data.password;
    },
    calls: () => {
      rememberAll();
      const calls = keycard.calls();
      keycard.clearLog();
      return calls;
    },
    plan: async () => {
      const path = at("plan.json");
      const run = await stack.preview({ plan: path });
      const text = readFileSync(path, "utf8");
      const { PULUMI_CONFIG_PASSPHRASE = "" } = engineEnvironment({ home: "", state: "" });
      const [, salt = ""] = /encryptionsalt: (\S+)/.exec(readFileSync(at("Pulumi.test.yaml"), "utf8")) ?? [];
      rememberAll();
      for (const part of [text, ...decrypt(text, PULUMI_CONFIG_PASSPHRASE, salt)]) {
        assertIn(part, "the plan");
        assert.ok(!part.includes(PLANTED), "the plan holds a planted value");
      }
      return { path, run };
    },
    assertNowhere: async () => {
      rememberAll();
      assert.ok(values.size > 0, "no value was sent");
      const decrypted = JSON.stringify((await stack.exportState()).resources);
      assert.match(decrypted, /"plaintext"/);
      assertIn(decrypted, "the decrypted state");
      assert.ok(!decrypted.includes(PLANTED), "the decrypted state holds a planted value");
      assertIn(await stack.storedText(), "the backend");
      assertIn(stack.allText(), "the output of the CLI");
    },
  };
}
