import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as dynamic from "pulumi-keycard";
import * as native from "pulumi-keycard/native";
import { type ResourceKind, NAME_OF } from "../support/resource-kinds";
import {
  type OlderState,
  type Part,
  ENV,
  EXISTING,
  FILE,
  ZONE_SWITCHES,
  olderProgram,
  olderState,
} from "./support/older-states";
import { recorded } from "./support/recorded-run";
import type { RunResult } from "./support/run-result";
import { type Scene, openScene } from "./support/scene";
import type { StateResource } from "./support/workspace";

const RELEASES = { dynamic, native };

/** Which release wrote a state through which kind of resource, and through which one it is read. */
const CASES: { release: string; written: ResourceKind; read: ResourceKind }[] = [
  { release: "0.1.0", written: "dynamic", read: "dynamic" },
  { release: "0.1.0", written: "dynamic", read: "native" },
  { release: "0.2.0", written: "dynamic", read: "dynamic" },
  { release: "0.2.0", written: "dynamic", read: "native" },
  { release: "0.2.0", written: "native", read: "native" },
];

const THEIRS = { method: "GET", path: "/zones/settled/secrets/theirs" };

/** What `pulumi up` sends for a secret whose state is not settled. It finds those whose create was not confirmed. */
const SENT: Record<string, string[]> = {
  "drifted-inline": ["data", "description"],
  "drifted-variable": ["data", "description"],
  "drifted-made": ["data", "description"],
  "drifted-given": ["description"],
  "unread-inline": ["data", "description"],
  "unread-variable": ["data", "description"],
  "unread-made": ["data", "description"],
  "unread-given": ["description"],
  unfinished: ["description"],
};

for (const { release, written, read } of CASES) {
  describe(`a state of ${release} from ${NAME_OF[written]}, read through ${NAME_OF[read]},`, () => {
    const older = olderState(release, written);
    const names = older.deployment.resources.map(nameOf);
    let scene: Scene;

    afterEach(() => scene.close());

    /** Opens a stack with parts of the state, Keycard as it was then, and the program. */
    async function open(...parts: Part[]): Promise<void> {
      scene = await openScene({
        resource: read,
        env: ENV,
        ids: () => assert.fail("a secret was created"),
        secrets: older.keycard.filter(({ zone_id }) => parts.some((part) => part === zone_id)),
        zoneSwitches: ZONE_SWITCHES,
      });
      writeFileSync(join(scene.stack.project, FILE.name), FILE.content);
      scene.stack.program = olderProgram(RELEASES[read], read, parts, { names, aliases: read !== written });
      const settings = readFileSync(join(scene.stack.project, "Pulumi.test.yaml"), "utf8");
      const [, salt] = /encryptionsalt: (\S+)/.exec(settings) ?? [];
      const deployment = {
        secrets_providers: { type: "passphrase", state: { salt } },
        resources: resourcesOf(older, parts),
      };
      const state = JSON.stringify({ version: 3, deployment });
      const { failed, stderr } = await scene.stack.cli(["stack", "import"], state);
      assert.ok(!failed, stderr);
    }

    /** The inputs of the plugin have only the recipe of a fingerprint, so that a plan fits without the value. */
    const afterUp = (properties: ReturnType<typeof propertiesOf>) =>
      JSON.parse(JSON.stringify(properties), (key, value: unknown) =>
        key === "inputs" && read === "native"
          ? (JSON.parse(JSON.stringify(value).replace(/(scrypt:[\d:]+\$[\w-]+\$)[\w-]+/g, "$1")) as unknown)
          : value,
      ) as typeof properties;
    const stored = async () => propertiesOf((await scene.stack.exportState()).resources);

    it("is left as it is, and nothing is sent", async () => {
      await open("settled", "normalised");
      const before = propertiesOf(resourcesOf(older, ["settled", "normalised"]));
      for (const run of ["preview", "up"] as const) {
        const { changes, calls } = await recorded(scene.keycard, () => scene.stack[run]());
        const { same, ...others } = changes;
        assert.ok(same !== undefined && same > Object.keys(before).length);
        // A secret that is only read has no alias, and 0.1.0 has not marked it.
        const ofTheirs = read !== written ? { discard: 1 } : release === "0.1.0" ? { read: 1 } : {};
        assert.deepEqual([others, calls], [ofTheirs, [THEIRS]]);
      }
      if (read === written) assert.deepEqual(managed(await stored()), managed(afterUp(before)));
      const { changes, calls } = await recorded(scene.keycard, () => scene.stack.refresh());
      assert.deepEqual(Object.keys(changes), ["same"]);
      assert.deepEqual([...new Set(calls.map(({ method }) => method))], ["GET"]);
      if (release !== "0.1.0" && read === written) assert.deepEqual(await stored(), afterUp(before));
      await scene.stack.destroy();
      const left = EXISTING.filter((name) => !names.includes(name) || name === "theirs");
      assert.deepEqual(
        scene.keycard
          .secrets()
          .map(({ id }) => id)
          .sort(),
        left.sort(),
      );
    });

    it("is completed, if it is not settled, by what was left to do and by nothing else", async () => {
      // An alias gives a resource another URN, so what recognizes an unconfirmed create by reference has another salt.
      const unconfirmed = read === written ? (["unconfirmed"] as const) : [];
      await open("drifted", "unread", "unfinished", "uncertain", ...unconfirmed);
      const preview = await recorded(scene.keycard, () => scene.stack.preview());
      assert.deepEqual(preview.calls, []);
      const updated = names.filter((name) => name === "uncertain" || name in SENT);
      const replaced = names.filter((name) => read === written && name.startsWith("unconfirmed"));
      assert.deepEqual(namesOf(preview, "update"), updated.sort());
      assert.deepEqual(namesOf(preview, "replace"), replaced.sort());
      const before = scene.keycard.secrets();
      const up = await recorded(scene.keycard, () => scene.stack.up());
      const sent = up.calls.flatMap(({ method, path, body }) => {
        if (method === "GET") return [];
        assert.equal(method, "PATCH");
        const { name = "" } = before.find(({ id }) => path.endsWith(`/${id}`)) ?? {};
        return [[name === "renamed" ? "unfinished" : name, Object.keys(body as object).sort()]];
      });
      const due = Object.entries(SENT).filter(([name]) => names.includes(name));
      assert.deepEqual(Object.fromEntries(sent), Object.fromEntries(due));
      assert.equal(scene.keycard.secrets().length, before.length);
    });
  });
}

function nameOf({ urn }: { urn: string }): string {
  return urn.split("::").slice(3).join("::");
}

function namesOf({ steps }: RunResult, op: string): string[] {
  return steps
    .filter((step) => step.op === op)
    .map(({ name }) => name)
    .sort();
}

/** Without the secret that is only read, which 0.1.0 has not marked. */
function managed(secrets: Record<string, unknown>): Record<string, unknown> {
  return { ...secrets, theirs: undefined };
}

/** The resources of some parts, with what they depend on. */
function resourcesOf({ deployment }: OlderState, parts: readonly Part[]): StateResource[] {
  return (deployment.resources as StateResource[]).filter(({ inputs, type }) => {
    const { zoneId } = inputs ?? {};
    return zoneId === undefined
      ? parts.includes("settled") || !type.startsWith("test:")
      : parts.some((part) => part === zoneId);
  });
}

/** What a state has of each secret, with its secrets decrypted and marked. */
function propertiesOf(resources: StateResource[]): Record<string, unknown> {
  const secrets = resources.filter(({ type }) => type.endsWith(":Secret"));
  const entries = secrets.map((each) => [
    nameOf(each),
    { id: each.id, inputs: decrypted(each.inputs), outputs: decrypted(each.outputs) },
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function decrypted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { plaintext } = value as { plaintext?: string };
  if (plaintext !== undefined) return { secret: JSON.parse(plaintext) as unknown };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, decrypted(child)]));
}
