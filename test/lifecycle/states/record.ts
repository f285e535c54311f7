/**
 * Writes the state that a built release leaves behind, for the test that later releases read it. See the README.md of
 * this folder.
 */
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Keycard, type PlantedSecret, startKeycard } from "../../emulator";
import { findEngine } from "../../engine/find-engine";
import type { ResourceKind } from "../../support/resource-kinds";
import {
  type OlderState,
  type Part,
  type Release,
  BEFORE,
  ENV,
  EXISTING,
  FILE,
  ZONE_SWITCHES,
  declared,
  olderProgram,
} from "../support/older-states";
import { NODE_MODULES, openWorkspace } from "../support/open-workspace";
import { PLANTED, TYPE_OF, token } from "../support/scene";
import type { Workspace } from "../support/workspace";

/** Its parts, in the order in which they are recorded. */
const BEFORE_FAILURES: readonly Part[] = [
  "settled",
  "normalised",
  "drifted",
  "unread",
  "unfinished",
  "uncertain",
];
const FAILING: readonly Part[] = ["unfinished", "uncertain", "unconfirmed"];

async function main([folder = "", version = "", resource = "dynamic"]: string[]): Promise<void> {
  if (folder === "" || version === "")
    throw new Error("Usage: tsx record.ts FOLDER VERSION [dynamic|native]");
  await findEngine(() => undefined);
  const { release, modules } = await installed(resolve(folder), version, resource as ResourceKind);
  const keycard = await startKeycard({
    ids: "sequential",
    secrets: EXISTING.map(existing),
    zoneSwitches: { ...ZONE_SWITCHES, unfinished: { clearing: "never" } },
  });
  const stack = await openWorkspace({
    modules,
    program: () => Promise.resolve(),
    env: {
      ...ENV,
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_ACCESS_TOKEN: keycard.accessToken,
      KEYCARD_ATTEMPT_TIMEOUT_SECONDS: "1",
      KEYCARD_TOTAL_TIMEOUT_SECONDS: "2",
    },
  });
  try {
    await writeFile(join(stack.project, FILE.name), FILE.content);
    const state = await record(release, resource as ResourceKind, keycard, stack);
    await writeFile(join(__dirname, `${version}-${resource}.json`), `${JSON.stringify(state, null, 1)}\n`);
  } finally {
    await stack.close();
    await keycard.close();
  }
}

/** Puts the release where Node.js finds the repository's SDK from it, and makes a project's `node_modules` with it. */
async function installed(folder: string, version: string, resource: ResourceKind) {
  const kept = join(NODE_MODULES, ".states", version);
  await rm(kept, { recursive: true, force: true });
  // The project of every workspace names the plugin, which 0.1.0 does not have.
  await cp(join(NODE_MODULES, "../plugin"), join(kept, "plugin"), { recursive: true });
  for (const part of [
    "package.json",
    "dist",
    "plugin",
    "node_modules/http-proxy-agent",
    "node_modules/https-proxy-agent",
  ])
    await cp(join(folder, part), join(kept, part), { recursive: true }).catch(() => undefined);
  const modules = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-modules-"));
  await symlink(join(NODE_MODULES, "@pulumi"), join(modules, "@pulumi"));
  await symlink(kept, join(modules, "pulumi-keycard"));
  await mkdir(join(modules, ".bin"));
  const release = (await import(
    join(kept, resource === "native" ? "dist/native.js" : "dist/index.js")
  )) as Release;
  return { release, modules };
}

async function record(
  release: Release,
  resource: ResourceKind,
  keycard: Keycard,
  stack: Workspace,
): Promise<OlderState> {
  const run = (parts: readonly Part[], before = {}) =>
    (stack.program = olderProgram(release, resource, parts, { before }));
  const idsIn = (zone: Part) => keycard.secrets().filter(({ zone_id }) => zone_id === zone);
  run(BEFORE_FAILURES, BEFORE);
  await stack.up();
  run(BEFORE_FAILURES, { ...BEFORE, edited: {} });
  await stack.up();
  for (const { id } of idsIn("drifted")) keycard.edit(id, { data: token("edited"), description: "Edited" });
  await stack.refresh();
  for (const { id } of idsIn("unread")) keycard.edit(id, { description: "Edited" });
  stack.setEnv({ KEYCARD_READ_VALUES: "false" });
  await stack.refresh();
  stack.setEnv({ KEYCARD_READ_VALUES: "true" });
  keycard.faults.add({ method: "POST", path: /unconfirmed/, kind: { drop: "after" }, times: Infinity });
  keycard.faults.add({ method: "PATCH", path: /uncertain/, kind: { drop: "after" }, times: Infinity });
  keycard.faults.add({ path: /unconfirmed|uncertain/, kind: { drop: "before" }, times: Infinity });
  run([...BEFORE_FAILURES, "unconfirmed"]);
  const target = FAILING.flatMap((part) => Object.keys(declared(part, release))).map(
    (name) => `urn:pulumi:test::lifecycle::${TYPE_OF[resource]}::${name}`,
  );
  await stack.upFails({ target, continueOnError: true });
  const { stdout } = await stack.cli(["stack", "export", "--show-secrets"]);
  const { version, deployment } = JSON.parse(stdout) as { version: number } & OlderState;
  // Where the program declared a resource depends on the folders of this machine.
  const resources = deployment.resources.map((resource) => ({
    ...resource,
    sourcePosition: undefined,
    stackTrace: undefined,
  }));
  return { version, deployment: { resources }, keycard: keycard.secrets() } as OlderState;
}

function existing(id: string): PlantedSecret {
  const text = id === "imported-reference" ? ENV.BY_VARIABLE.slice(PLANTED.length) : id;
  const time = { created_at: "2026-01-01T00:00:00.000Z", updated_at: "2026-01-02T00:00:00.000Z" };
  return { id, zone_id: "settled", entity_id: "ent_1", name: id, data: token(text), version: 3, ...time };
}

void main(process.argv.slice(2));
