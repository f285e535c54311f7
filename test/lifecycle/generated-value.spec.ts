import assert from "node:assert/strict";
import { type GeneratedOptions, type SecretArgs, generated, initialValue } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { daysPass } from "./support/days-pass";
import type { RunResult } from "./support/run-result";
import { type Scene, SECRET_OF, openScene, token } from "./support/scene";
import { type SentValues, sentValues } from "./support/sent-values";

const PATH = "/zones/zone_1/secrets";
const DAY_MS = 86_400_000;

const secret = (options: GeneratedOptions, args: Partial<SecretArgs> = {}): SecretArgs => ({
  entityId: "ent_1",
  data: { type: "token", token: generated(options) },
  ...args,
});

const ops = ({ steps }: RunResult) => steps.map(({ name, op, changed }) => [name, op, changed]);

for (const resource of RESOURCES) {
  describe(`a generated value, through ${NAME_OF[resource]}`, () => {
    let scene: Scene;
    let sent: SentValues;

    beforeEach(async () => {
      scene = await openScene({ resource });
      sent = sentValues(scene);
    });
    afterEach(() => scene.close());

    const kept = async () => {
      const { data } = (await scene.stateOf("a")) as { data: { token: Record<string, unknown> } };
      return data.token;
    };

    it("a generated value is sent once, and a new one only when an option changes", async () => {
      const { stack } = scene;
      scene.declare({ a: secret({ length: 32 }) });
      const plan = await sent.plan();
      await stack.up({ plan: plan.path });
      const first = sent.now("sec_1");
      assert.match(first, /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(
        sent.calls().map(({ method, path }) => [method, path]),
        [
          ["GET", PATH],
          ["POST", PATH],
        ],
      );
      const { fingerprint, since, ...state } = await kept();
      assert.deepEqual(state, { generated: { length: 32 } });
      assert.match(String(fingerprint), /^scrypt:2048:8:1\$[\w-]{22}\$[\w-]{22}$/);
      assert.ok(Date.now() - Date.parse(String(since)) < 60_000);

      // Only the new description is patched: the options are the same, written in another way.
      scene.declare({
        a: secret({ length: 32, characters: ["digits", "upper", "lower"] }, { description: "New" }),
      });
      await stack.up();
      assert.deepEqual(sent.calls(), [
        { method: "PATCH", path: `${PATH}/sec_1`, body: { description: "New" } },
      ]);
      assert.deepEqual(await kept(), { fingerprint, since, ...state });
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      assert.deepEqual((await stack.refresh()).changes, { same: 2 });
      sent.calls();

      for (const options of [
        { length: 40 },
        { length: 40, rotation: "2026-12" },
        { length: 40, rotation: "2027-01", characters: ["digits"] },
      ] as GeneratedOptions[]) {
        const before = sent.now("sec_1");
        const { version } = await scene.stateOf("a");
        scene.declare({ a: secret(options, { description: "New" }) });
        const { path, run } = await sent.plan();
        assert.deepEqual(ops(run), [["a", "update", ["data"]]]);
        await stack.up({ plan: path });
        const value = sent.now("sec_1");
        assert.ok(value !== before && value.length === 40);
        const body = { data: { type: "token", token: value } };
        assert.deepEqual(sent.calls(), [{ method: "PATCH", path: `${PATH}/sec_1`, body }]);
        assert.equal((await scene.stateOf("a"))["version"], (version as number) + 1);
      }
      assert.match(sent.now("sec_1"), /^\d{40}$/);
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      assert.deepEqual(sent.calls(), []);
      await sent.assertNowhere();
    });

    it("a value older than rotateAfterDays is replaced with one PATCH, which the preview shows", async () => {
      const { stack, keycard } = scene;
      scene.declare({ a: secret({ length: 32 }) });
      await stack.up();
      const first = sent.now("sec_1");
      sent.calls();

      // Only the limit in the state changes, and nothing is sent.
      scene.declare({ a: secret({ length: 32, rotateAfterDays: 30 }, { maxAgeDays: 35 }) });
      assert.deepEqual(ops(await stack.up()), [["a", "update", ["data", "maxAgeDays"]]]);
      assert.deepEqual([sent.now("sec_1"), sent.calls()], [first, []]);

      daysPass(scene, 40);
      assert.deepEqual((await stack.refresh()).changes, { same: 2 });
      // Without rotation, the provider only warns about the value.
      scene.declare({ a: secret({ length: 32 }, { maxAgeDays: 35 }) });
      assert.match((await stack.preview()).stdout, /The value of a is 40 days old \(maxAgeDays: 35\)/);
      sent.calls();
      stack.program = () => {
        const { version } = new SECRET_OF[resource](
          "a",
          secret({ length: 32, rotateAfterDays: 30 }, { maxAgeDays: 35 }),
        );
        new SECRET_OF[resource]("dependent", {
          entityId: "ent_2",
          name: version.apply((count) => `Runs with version ${count}`),
          data: { type: "token", token: initialValue("planted-dependent") },
        });
        return Promise.resolve();
      };
      const { path, run } = await sent.plan();
      assert.deepEqual(ops(run), [
        ["a", "update", ["data"]],
        ["dependent", "create", []],
      ]);
      const { stdout } = await stack.up({ plan: path });
      assert.doesNotMatch(stdout, /days old/);
      assert.equal(
        keycard.secrets().find(({ entity_id }) => entity_id === "ent_2")?.name,
        "Runs with version 2",
      );
      const second = sent.now("sec_1");
      assert.notEqual(second, first);
      const body = { data: { type: "token", token: second } };
      assert.deepEqual(
        sent.calls().filter(({ path: of }) => of.endsWith("/sec_1")),
        [{ method: "PATCH", path: `${PATH}/sec_1`, body }],
      );
      assert.deepEqual((await stack.up()).changes, { same: 3 });
      assert.deepEqual(sent.calls(), []);

      // 40 days later, the dependent runs again.
      daysPass(scene, 80);
      assert.deepEqual(ops(await stack.preview()).sort(), [
        ["a", "update", ["data"]],
        ["dependent", "update", ["name"]],
      ]);
      await stack.up();
      assert.equal(
        keycard.secrets().find(({ entity_id }) => entity_id === "ent_2")?.name,
        "Runs with version 3",
      );
      await sent.assertNowhere();
    });

    it("a refresh shows a generated value that was changed in Keycard, and the next up generates a new one", async () => {
      const { stack, keycard } = scene;
      scene.declare({ a: secret({ length: 32 }) });
      await stack.up();
      keycard.edit("sec_1", { data: token("theirs") });
      const [step] = (await stack.refresh()).steps;
      assert.ok(step?.op === "update" && step.changed.includes("data"));
      sent.calls();
      assert.deepEqual(ops(await stack.up()), [["a", "update", ["data"]]]);
      const value = sent.now("sec_1");
      assert.match(value, /^[a-zA-Z0-9]{32}$/);
      assert.deepEqual(sent.calls().length, 1);
      assert.deepEqual((await stack.refresh()).changes, { same: 2 });
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      await sent.assertNowhere();
    });

    it("an adopted secret keeps its value until rotation is due", async () => {
      const { stack, keycard } = scene;
      const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
      keycard.put({ id: "old", name: "a", data: token("theirs"), updated_at: daysAgo(40) });
      scene.declare({ a: secret({ length: 32 }, { adoptId: "old" }) });
      await stack.up();
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      assert.deepEqual((await stack.refresh()).changes, { same: 2 });
      assert.equal(sent.now("old"), "planted-theirs");
      scene.declare({
        a: secret({ length: 32, rotateAfterDays: 30, characters: ["upper"] }, { adoptId: "old" }),
      });
      assert.deepEqual(ops(await stack.up()), [["a", "update", ["data"]]]);
      assert.match(sent.now("old"), /^[A-Z]{32}$/);
      assert.deepEqual((await stack.up()).changes, { same: 2 });
      await sent.assertNowhere();
    });
  });
}
