import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Keycard, PlantedSecret } from "../../emulator";
import { NODE_MODULES, openWorkspace } from "./open-workspace";
import type { Config, Workspace } from "./workspace";

const ROOT = resolve(__dirname, "../../..");
const PROJECT = join(ROOT, "examples/token-secret");

/** The result of a command. */
export interface CommandRun {
  stdout: string;
  stderr: string;
  code: number;
}

/** Names and texts that break a program that does not escape them. The values are planted. */
export const ODD_SECRETS: PlantedSecret[] = [
  {
    name: "GitHub token",
    description: "For `releases` ${x} \u2028 \u202e",
    metadata: { "a b": [1, { __: null }] },
  },
  { name: "GitHub token" },
  { name: "github-token-2" },
  { name: "class" },
  { name: "config", data: planted("password", 4) },
  { name: '"; process.exit(1); // */', entity_id: "ent_\n2" },
  { name: "日本語", metadata: JSON.parse('{"__proto__": {"x": "\\n"}}') as Record<string, unknown> },
  { name: "1password", data: planted("password", 7) },
  { name: "a-1" },
  { name: "a1" },
].map((secret, index) => ({ data: planted("token", index), ...secret }));

/** A project's folder in which `npx pulumi-keycard` writes a program, and a stack that runs it. */
export interface AdoptionFolder {
  folder: string;
  /** Runs `npx pulumi-keycard`. */
  run(...args: string[]): Promise<CommandRun>;
  /** The generated program. */
  program(): Promise<string>;
  /** Declares the plugin as the first lines of the generated program require. */
  declarePlugin(): Promise<void>;
  /** Opens the stack of the program. */
  openStack(values?: { config?: Config; env?: Record<string, string> }): Promise<Workspace>;
  close(): Promise<void>;
}

/** Creates such a folder. */
export async function openAdoptionFolder(keycard: Keycard): Promise<AdoptionFolder> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-adopt-"));
  for (const file of ["Pulumi.yaml", "package.json", "tsconfig.json"]) {
    await cp(join(PROJECT, file), join(folder, file));
  }
  await symlink(NODE_MODULES, join(folder, "node_modules"));
  const access = {
    KEYCARD_ENDPOINT: keycard.url,
    KEYCARD_CLIENT_ID: keycard.clientId,
    KEYCARD_CLIENT_SECRET: keycard.clientSecret,
  };
  const program = () => readFile(join(folder, "index.ts"), "utf8");
  return {
    folder,
    program,
    run: (...args) =>
      new Promise((resolve) => {
        const env = { PATH: process.env["PATH"], ...access };
        const command = [join(ROOT, "dist/command-line.js"), ...args];
        const child = execFile(process.execPath, command, { cwd: folder, env }, (_, stdout, stderr) =>
          resolve({ stdout, stderr, code: child.exitCode ?? -1 }),
        );
      }),
    declarePlugin: async () => {
      const [, lines = ""] =
        /^\/\/ .* in Pulumi\.yaml:\n\/\/\n((?:\/\/ {3}.*\n)+)/m.exec(await program()) ?? [];
      await appendFile(join(folder, "Pulumi.yaml"), lines.replace(/^\/\/ {3}/gm, ""));
    },
    openStack: ({ config = {}, env } = {}) => openWorkspace({ folder, config, env: { ...env, ...access } }),
    close: () => rm(folder, { recursive: true }),
  };
}

/** The values that the program needs, with the content that Keycard has: as variables and as configuration. */
export function valuesOf(program: string, keycard: Keycard) {
  const config: Record<string, { secret: string }> = {};
  const env: Record<string, string> = {};
  for (const block of program.split(/\n(?=const \w+ = new Secret)/).slice(1)) {
    const [, id = ""] = /(?:adoptId: "|import: "zone_1\/)(\w+)"/.exec(block) ?? [];
    const { data } = keycard.secret(id) ?? {};
    assert.ok(data, block);
    const value = data.type === "token" ? data.token : data.password;
    const [, variable] = /fromEnv\("(\w+)"\)/.exec(block) ?? [];
    if (variable !== undefined) env[variable] = value;
    const keys = [...block.matchAll(/(\w+): config\.requireSecret\("(\w+)"\)/g)];
    for (const [, field = "", key = ""] of keys) {
      const secret = field === "username" && data.type === "password" ? data.username : value;
      config[`token-secret:${key}`] = { secret };
      assert.ok(program.includes(`//   pulumi config set --secret ${key}\n`));
    }
  }
  return { config, env };
}

function planted(type: "token" | "password", index: number): NonNullable<PlantedSecret["data"]> {
  if (type === "token") return { type, token: `planted-value-${index}` };
  return { type, username: `planted-user-${index}`, password: `planted-value-${index}` };
}
