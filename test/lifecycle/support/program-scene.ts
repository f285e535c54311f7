import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKeycard, type Keycard } from "../../emulator";
import { NODE_MODULES, openWorkspace } from "./open-workspace";
import type { Config, Workspace } from "./workspace";
import { closeAll, orClose } from "../../support/close-all";

/** An emulator, and a stack whose program runs in its own process, as a user's program does. */
export interface ProgramScene {
  keycard: Keycard;
  stack: Workspace;
  /** Replaces the program: JavaScript, with `Secret`, the lookups and the sources already imported. */
  write(program: string): Promise<void>;
  /** Closes both. */
  close(): Promise<void>;
}

/** The settings of such a scene. `config` and `env` are added to what the provider needs to find the emulator. */
export interface ProgramSceneOptions {
  config?: Config;
  env?: Record<string, string>;
  /** Whether the project declares the plugin. */
  declaresPlugin?: boolean;
}

const PLUGIN = "packages: { keycard-secrets: ./node_modules/pulumi-keycard/plugin }\n";

/** Opens such a scene. */
export async function openProgramScene({
  config,
  env,
  declaresPlugin = false,
}: ProgramSceneOptions = {}): Promise<ProgramScene> {
  const keycard = await startKeycard({ ids: "sequential" });
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-program-"));
  await writeFile(
    join(folder, "Pulumi.yaml"),
    `name: program\nruntime: nodejs\nmain: index.js\n${declaresPlugin ? PLUGIN : ""}`,
  );
  await writeFile(join(folder, "package.json"), '{ "name": "program", "main": "index.js" }');
  await writeFile(join(folder, "index.js"), "");
  // Only what the program needs, because Pulumi searches the whole folder for plugins.
  const modules = await mkdtemp(join(tmpdir(), "pulumi-keycard-modules-"));
  await mkdir(join(modules, "@pulumi"));
  for (const name of ["@pulumi/pulumi", "pulumi-keycard"]) {
    await symlink(join(NODE_MODULES, name), join(modules, name));
  }
  const opening = openWorkspace({
    folder,
    modules,
    config: { "keycard-secrets:zoneId": "zone_1", ...config },
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      ...env,
    },
  });
  const stack = await orClose(opening, keycard);
  await rm(folder, { recursive: true });
  return {
    keycard,
    stack,
    write: (program) =>
      writeFile(
        join(stack.project, "index.js"),
        `const pulumi = require("@pulumi/pulumi");\nconst keycard = require("pulumi-keycard");
         const { Secret, fromEnv, fromFile, fromCommand } = keycard;\n${program}\n`,
      ),
    close: () => closeAll(stack, keycard, () => rm(modules, { recursive: true })),
  };
}

/** How often a text occurs in the diagnostics of a run. */
export function countIn(diagnostics: string[], text: string): number {
  return diagnostics.join("\n").split(text).length - 1;
}
