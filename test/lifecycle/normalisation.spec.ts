import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { callsOf, recorded, stepsOf, type RecordedRun } from "./support/recorded-run";
import { openScene, token, type Declared, type Scene } from "./support/scene";

const METADATA = { team: " a ", offset: -0, nothing: null, owner: { unit: 1, desk: null } };

const args: SecretArgs = {
  entityId: "ent_1",
  name: " GitHub token ",
  description: " For releases ",
  metadata: METADATA,
  data: token("declared"),
};

/** Each way to normalise and to increment the version, in its own zone, so that the same runs test them all. */
const ZONES = {
  plain: {},
  trimmed: { texts: "trimmed", metadataValues: "trimmed" },
  "as-text": { texts: "lower-case", metadataValues: "as-text", metadata: "merge" },
  own: { ownMetadata: "always", metadataNulls: "dropped" },
  "own-merged": { ownMetadata: "always", metadata: "deep-merge", version: "data-only" },
  everything: { texts: "collapsed", ownMetadata: "on-update", metadataValues: "lower-case-keys" },
} as const;
const ALL = Object.keys(ZONES);
const SAME = { same: ALL.length + 1 };

const declaredWith = (changes: Partial<SecretArgs>): Declared =>
  Object.fromEntries(ALL.map((zoneId) => [zoneId, { ...args, ...changes, zoneId }]));

const writes = ({ calls }: RecordedRun) => calls.filter(({ method }) => method !== "GET");

describe("what Keycard keeps in a form of its own", () => {
  let scene: Scene;
  let ids: Record<string, string>;

  const run = (name: "up" | "refresh" | "preview", options = {}) =>
    recorded(scene.keycard, () => scene.stack[name](options));
  const content = () =>
    scene.keycard.secrets().map(({ zone_id, name, metadata, data }) => ({ zone_id, name, metadata, data }));

  before(async () => {
    scene = await openScene({ zoneSwitches: ZONES });
    scene.declare(declaredWith({}));
    await scene.stack.up();
    ids = Object.fromEntries(scene.keycard.secrets().map(({ zone_id, id }) => [zone_id, id]));
  });
  after(() => scene.close());

  /** Runs `up --refresh` twice, and asserts that nothing is sent, shown or changed. */
  async function assertQuiet(): Promise<void> {
    const before = scene.keycard.secrets();
    for (const time of ["first", "second"]) {
      const again = await run("up", { refresh: true });
      assert.deepEqual([again.changes, writes(again)], [SAME, []], `${time} time`);
    }
    assert.deepEqual(scene.keycard.secrets(), before, "no version is raised");
  }

  it("a normalised secret shows no drift and no change", async () => {
    await assertQuiet();
    const refresh = await run("refresh");
    assert.deepEqual(refresh.changes, SAME);
    const preview = await run("preview", { diff: true });
    assert.deepEqual([preview.changes, preview.calls], [SAME, []]);
  });

  it("a change of one key of metadata sends one PATCH, and loses no other key", async () => {
    const metadata = { ...METADATA, team: " b " };
    scene.declare(declaredWith({ metadata }));
    const preview = await run("preview", { diff: true });
    const up = await run("up");
    for (const zone of ALL) {
      assert.deepEqual(
        stepsOf(preview, zone).map(({ op, detail }) => [op, detail]),
        [["update", { "metadata.team": "update" }]],
        "the preview shows the one change",
      );
      assert.deepEqual(callsOf(up, zone), [
        {
          method: "PATCH",
          path: `/zones/${zone}/secrets/${ids[zone]}`,
          body: { metadata: { team: " b ", offset: 0, owner: { unit: 1 } } },
        },
      ]);
    }
    const kept = Object.fromEntries(content().map(({ zone_id, metadata }) => [zone_id, metadata]));
    assert.deepEqual(kept, {
      plain: { team: " b ", offset: 0, owner: { unit: 1 } },
      trimmed: { team: "b", offset: 0, owner: { unit: 1 } },
      "as-text": { team: " b ", offset: "0", owner: { unit: "1" } },
      own: { team: " b ", offset: 0, owner: { unit: 1, stampedBy: "update" }, source: "api" },
      "own-merged": { team: " b ", offset: 0, owner: { unit: 1, stampedBy: "update" }, source: "api" },
      everything: { team: " b ", offset: 0, owner: { unit: 1, stampedBy: "update" }, source: "api" },
    });
    await assertQuiet();
  });

  it("normalisation does not hide the drift of a declared key, or of a value before another update", async () => {
    const metadata = { ...METADATA, team: " b " };
    for (const zone of ALL) scene.keycard.edit(ids[zone] ?? "", { data: token("stolen") });
    scene.declare(declaredWith({ metadata, description: "Weekly" }));
    const up = await run("up");
    assert.deepEqual(
      writes(up).map(({ body }) => body),
      ALL.map(() => ({ description: "Weekly" })),
    );

    const refresh = await run("refresh");
    for (const zone of ALL) {
      const [step, ...others] = stepsOf(refresh, zone);
      assert.deepEqual([step?.op, step?.changed.includes("data"), others], ["update", true, []]);
      assert.deepEqual(
        callsOf(refresh, zone).map(({ path }) => path.split("/").length),
        [4, 5],
        "one GET",
      );
    }
    for (const zone of ALL) {
      const { metadata: kept } = scene.keycard.secret(ids[zone] ?? "") ?? assert.fail();
      scene.keycard.edit(ids[zone] ?? "", { metadata: { ...kept, team: "theirs" } });
    }
    const corrected = await run("up", { refresh: true });
    for (const zone of ALL) {
      const [patch, ...more] = callsOf(corrected, zone).filter(({ method }) => method === "PATCH");
      assert.deepEqual(
        [patch?.body, more],
        [{ metadata: { team: " b ", offset: 0, owner: { unit: 1 } }, data: args.data }, []],
      );
    }
    await assertQuiet();
    assert.deepEqual(
      content().map(({ data }) => data),
      ALL.map(() => args.data),
    );
  });

  it("the declared form is recorded in the state as a secret, and only if it differs", async () => {
    const { resources } = await scene.stack.exportState();
    const outputs = Object.fromEntries(
      resources.flatMap(({ id, outputs }) => (id && outputs ? [[id, outputs]] : [])),
    );
    const [plain, trimmed] = [outputs[ids["plain"] ?? ""], outputs[ids["trimmed"] ?? ""]];
    assert.equal(plain && "__asDeclared" in plain, false);
    const { plaintext } = trimmed?.["__asDeclared"] as { plaintext: string };
    assert.deepEqual(JSON.parse(plaintext), {
      name: args.name,
      metadata: { team: " b ", offset: 0, owner: { unit: 1 } },
    });
  });
});
