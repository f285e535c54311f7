import assert from "node:assert/strict";
import { Secret, type SecretArgs } from "pulumi-keycard";
import type { SecretEdit } from "../emulator";
import { callsOf, recorded, stepsOf, type RecordedRun } from "./support/recorded-run";
import { openScene, token, type Scene } from "./support/scene";

const args: SecretArgs = {
  entityId: "ent_1",
  name: "GitHub token",
  description: "For releases",
  metadata: { team: "release" },
  data: token("declared"),
};

interface Drift {
  /** The change that was made outside Pulumi. */
  edit: SecretEdit;
  /** The argument that shows the change. */
  changed: string;
  /** The PATCH that corrects it. */
  body: object;
}

const DRIFTS: Record<string, Drift> = {
  name: { edit: { name: "Renamed" }, changed: "name", body: { name: args.name } },
  description: {
    edit: { description: undefined },
    changed: "description",
    body: { description: args.description },
  },
  metadata: {
    edit: { metadata: { team: "release", rogue: true } },
    changed: "metadata",
    body: { metadata: args.metadata },
  },
  value: { edit: { data: token("stolen") }, changed: "data", body: { data: args.data } },
  type: {
    edit: { data: { type: "password", username: "app", password: "planted-x" } },
    changed: "data",
    body: { data: args.data },
  },
};
const ZONES = [...Object.keys(DRIFTS), "ignored", "deleted"];
const SECRETS = ZONES.length;

const pathOf = (zone: string) => `/zones/${zone}/secrets`;

// Each secret drifts in its own zone, and the same runs find and correct all drift: a run costs seconds.
describe("drift", () => {
  let scene: Scene;
  let ids: Record<string, string>;
  let refresh: RecordedRun;
  let preview: RecordedRun;
  let healing: RecordedRun;
  let refreshAgain: RecordedRun;
  let upAgain: RecordedRun;

  const held = (zone: string) => scene.keycard.secrets().filter(({ zone_id }) => zone_id === zone);

  before(async () => {
    // By their timestamps the secrets are old, so the provider does not wait for the deleted one to appear.
    scene = await openScene({ switches: { timesBehindMs: 120_000 } });
    scene.stack.program = () => {
      for (const zoneId of ZONES) {
        const ignoreChanges = zoneId === "ignored" ? ["description"] : [];
        new Secret(zoneId, { ...args, zoneId }, { ignoreChanges });
      }
      return Promise.resolve();
    };
    await scene.stack.up();
    ids = Object.fromEntries(scene.keycard.secrets().map(({ zone_id, id }) => [zone_id, id]));
    for (const [kind, { edit }] of Object.entries(DRIFTS)) scene.keycard.edit(ids[kind] ?? "", edit);
    scene.keycard.edit(ids["ignored"] ?? "", { description: "Theirs" });
    scene.keycard.remove(ids["deleted"] ?? "");

    refresh = await recorded(scene.keycard, () => scene.stack.refresh());
    preview = await recorded(scene.keycard, () => scene.stack.preview());
    healing = await recorded(scene.keycard, () => scene.stack.up());
    refreshAgain = await recorded(scene.keycard, () => scene.stack.refresh());
    upAgain = await recorded(scene.keycard, () => scene.stack.up());
  });
  after(() => scene.close());

  for (const [kind, { changed, body }] of Object.entries(DRIFTS)) {
    it(`a drift of the ${kind} is shown by refresh and corrected by the next up`, () => {
      const path = `${pathOf(kind)}/${ids[kind]}`;
      const [step, ...others] = stepsOf(refresh, kind);
      assert.ok(step?.op === "update" && step.whileRefreshing, "the refresh shows a change");
      assert.deepEqual(others, []);
      assert.deepEqual(
        step.changed.filter((name) => !["version", "updatedAt", "type"].includes(name)),
        [changed],
      );
      assert.deepEqual(callsOf(refresh, kind), [
        { method: "GET", path: pathOf(kind) },
        { method: "GET", path },
      ]);

      assert.deepEqual(
        stepsOf(preview, kind).map(({ op, changed }) => [op, changed]),
        [["update", [changed]]],
      );
      assert.deepEqual(preview.calls, []);
      assert.deepEqual(callsOf(healing, kind), [{ method: "PATCH", path, body }]);

      assert.deepEqual(refreshAgain.changes, { same: SECRETS + 1 });
      assert.deepEqual([upAgain.changes, upAgain.calls], [{ same: SECRETS + 1 }, []]);
    });
  }

  it("a drift that the program ignores is left alone", () => {
    assert.deepEqual(
      stepsOf(healing, "ignored").map(({ op }) => op),
      ["same"],
    );
    assert.deepEqual(callsOf(healing, "ignored"), []);
    assert.equal(held("ignored")[0]?.description, "Theirs");
  });

  it("a deleted secret is created again", async () => {
    assert.deepEqual(
      stepsOf(refresh, "deleted").map(({ op }) => op),
      ["delete"],
    );
    const id = await scene.idOf("deleted");
    assert.notEqual(id, ids["deleted"]);
    assert.deepEqual(
      held("deleted").map(({ id }) => id),
      [id],
    );
  });

  for (const status of [403, 404, 501]) {
    it(`a page with status ${status} does not mean that a secret is gone`, async () => {
      const path = `${pathOf("name")}/${ids["name"]}`;
      const body = "<html>a gateway</html>";
      const kind = { status, when: "before", body, headers: { "content-type": "text/html" } } as const;
      scene.keycard.faults.add({ method: "GET", path: new RegExp(pathOf("name")), times: Infinity, kind });
      const { error } = await scene.stack.refreshFails();
      assert.match(error, new RegExp(`GET ${path} answered ${status}`));
      scene.keycard.faults.clear();
      assert.deepEqual((await scene.stack.up()).changes, { same: SECRETS + 1 });
    });
  }

  it("a 404 to a token request does not mean that a secret is gone", async () => {
    scene.keycard.faults.add({ path: /token$/, times: Infinity, kind: { status: 404 } });
    for (const run of ["refreshFails", "destroyFails"] as const) {
      const { error } = await scene.stack[run]();
      assert.match(
        error,
        /POST \/service-account-token answered 404.*The endpoint is probably not the address/,
      );
    }
    scene.keycard.faults.clear();
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: SECRETS + 1 });
    assert.deepEqual(scene.keycard.calls(), []);
  });
});
