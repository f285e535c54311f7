import assert from "node:assert/strict";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import type { RunResult } from "./support/run-result";
import { type Scene, openScene, token } from "./support/scene";

const DAY_MS = 86_400_000;

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS - 3_600_000).toISOString();

/** The warnings that the engine showed, each with its resource. */
function warningsOf({ events }: RunResult): string[] {
  return events.flatMap(({ diagnosticEvent: event }) =>
    event?.severity === "warning" && event.message.includes("days old")
      ? [`${event.urn?.split("::").at(-1) ?? ""}: ${event.message.trim().replace(/<\{%.*?%\}>/g, "")}`]
      : [],
  );
}

const warning = (days: number, most: number) =>
  `github: The value of github is ${days} days old (maxAgeDays: ${most}). Set a new value, or raise \`maxAgeDays\`.`;

for (const resource of RESOURCES) {
  describe(`a value that may only be so old, through ${NAME_OF[resource]}`, () => {
    let scene: Scene;

    beforeEach(async () => (scene = await openScene({ resource })));
    afterEach(() => scene.close());

    it("an old value causes a warning in previews and updates, from the state alone, until it changes", async () => {
      const { keycard, stack } = scene;
      const { id } = keycard.put({
        name: "github",
        data: token("old"),
        created_at: daysAgo(400),
        updated_at: daysAgo(97),
      });
      const args = { entityId: "ent_1", adoptId: id, data: token("old") };
      scene.declare({ github: args });
      await stack.up();

      // The argument changes only the state.
      keycard.clearLog();
      scene.declare({ github: { ...args, maxAgeDays: 90 } });
      const preview = await stack.preview();
      assert.deepEqual(warningsOf(preview), [warning(97, 90)]);
      assert.deepEqual(
        preview.steps.map(({ op, changed }) => [op, changed]),
        [["update", ["maxAgeDays"]]],
      );
      const up = await stack.up();
      assert.deepEqual([...new Set(warningsOf(up))], [warning(97, 90)]);
      assert.deepEqual(keycard.requests, []);

      // A new description does not change the age of the value, and a refresh keeps the time.
      scene.declare({ github: { ...args, maxAgeDays: 90, description: "New" } });
      await stack.up();
      await stack.refresh();
      keycard.clearLog();
      const quiet = await stack.preview();
      assert.deepEqual(warningsOf(quiet), [warning(97, 90)]);
      assert.deepEqual([quiet.steps.map(({ op }) => op), keycard.requests], [["same"], []]);
      assert.equal((await scene.stateOf("github"))["maxAgeDays"], 90);

      // No warning in the run that sends another value, and none after it.
      scene.declare({ github: { ...args, maxAgeDays: 90, description: "New", data: token("new") } });
      assert.deepEqual(warningsOf(await stack.up()), []);
      assert.deepEqual(warningsOf(await stack.preview()), []);
    });

    it("a change in Keycard that a refresh has read resets the age", async () => {
      const { keycard, stack } = scene;
      const { id } = keycard.put({ name: "github", data: token("old"), updated_at: daysAgo(50) });
      const args = { entityId: "ent_1", adoptId: id, data: token("old"), maxAgeDays: 30 };
      scene.declare({ github: args });
      await stack.up();
      assert.deepEqual(warningsOf(await stack.preview()), [warning(50, 30)]);
      keycard.edit(id, { data: token("drifted") });
      await stack.refresh();
      assert.equal((await scene.stateOf("github"))["__valueChangedAt"], undefined);
      scene.declare({ github: { ...args, data: token("drifted") } });
      assert.deepEqual(warningsOf(await stack.preview()), []);
    });

    it("maxAgeDays must be above 0", async () => {
      scene.declare({ github: { entityId: "ent_1", data: token("any"), maxAgeDays: 0 } });
      const { error } = await scene.stack.previewFails();
      assert.match(error, /`maxAgeDays` must be a number of days above 0, such as 90/);
    });
  });
}
