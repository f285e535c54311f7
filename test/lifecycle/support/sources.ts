import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretArgs, ValueSource } from "pulumi-keycard";
import { engineEnvironment } from "./environment";
import { decrypt } from "./decrypt";
import type { RunResult } from "./run-result";
import { openScene, PLANTED, type Scene } from "./scene";

/** The variable that tests of references set. */
export const VARIABLE = "VALUE_OF_A_TEST";

/** A secret whose value comes from a source. */
export function secret(source: ValueSource): SecretArgs {
  return { entityId: "ent_1", data: { type: "token", token: source } };
}

/** A scene with sources for values: a variable, a file and a command. */
export interface SourceScene extends Scene {
  /** Sets what the variable, the file `value.txt` and the command `./value` return; undefined removes them. */
  give(value: { variable?: string | undefined; file?: string; command?: string }): void;
  /** How often the command ran. */
  commandRuns(): number;
  /** Saves the plan of a preview, and searches it for planted values, also decrypted. */
  plan(): Promise<{ path: string; run: RunResult; secrets: string[] }>;
  /**
   * Searches the whole decrypted state, and everything that was stored and printed, for planted values.
   *
   * @returns the fingerprints in the state by the names of the resources
   */
  assertNoValue(): Promise<Record<string, string>>;
}

/** Opens such a scene. Closing it unsets the variable. */
export async function openSourceScene(options: Parameters<typeof openScene>[0] = {}): Promise<SourceScene> {
  const scene = await openScene(options);
  const at = (name: string) => join(scene.stack.project, name);
  const runs = at("runs.txt");
  writeFileSync(runs, "");
  return {
    // The stack's own members have to be called on the stack.
    ...scene,
    give: ({ file, command, ...variable }) => {
      if ("variable" in variable) {
        if (variable.variable === undefined) delete process.env[VARIABLE];
        else process.env[VARIABLE] = variable.variable;
      }
      if (file !== undefined) writeFileSync(at("value.txt"), file);
      if (command !== undefined) {
        writeFileSync(at("value"), `#!/bin/sh\necho run >> runs.txt\n${command}\n`);
        chmodSync(at("value"), 0o755);
      }
    },
    commandRuns: () => readFileSync(runs, "utf8").split("\n").length - 1,
    plan: async () => {
      const path = at("plan.json");
      const run = await scene.stack.preview({ plan: path });
      const text = readFileSync(path, "utf8");
      const { PULUMI_CONFIG_PASSPHRASE = "" } = engineEnvironment({ home: "", state: "" });
      const [, salt = ""] = /encryptionsalt: (\S+)/.exec(readFileSync(at("Pulumi.test.yaml"), "utf8")) ?? [];
      const secrets = decrypt(text, PULUMI_CONFIG_PASSPHRASE, salt);
      assert.ok(secrets.length > 0, "the plan holds secrets");
      assert.ok(![text, ...secrets].some((part) => part.includes(PLANTED)), "the plan holds a value");
      return { path, run, secrets };
    },
    assertNoValue: async () => {
      const { resources } = await scene.stack.exportState();
      const decrypted = JSON.stringify(resources);
      assert.match(decrypted, /"plaintext"/);
      assert.ok(!decrypted.includes(PLANTED), "the decrypted state holds a value");
      assert.ok(!(await scene.stack.storedText()).includes(PLANTED), "the backend holds a value");
      assert.ok(!scene.stack.allText().includes(PLANTED), "the CLI printed a value");
      return Object.fromEntries(
        resources.flatMap(({ urn, outputs }) => {
          const { plaintext = "" } = (outputs?.["data"] ?? {}) as { plaintext?: string };
          const [, fingerprint] = /"fingerprint":"([^"]+)"/.exec(plaintext) ?? [];
          return fingerprint === undefined ? [] : [[urn.split("::").at(-1), fingerprint]];
        }),
      ) as Record<string, string>;
    },
    close: async () => {
      delete process.env[VARIABLE];
      await scene.close();
    },
  };
}
