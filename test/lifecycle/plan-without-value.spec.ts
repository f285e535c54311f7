import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SecretArgs, fromCommand, fromEnv, fromFile, generated, initialValue } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, PLANTED, openScene } from "./support/scene";

const VARIABLES = { ONE: `${PLANTED}one`, TWO: `${PLANTED}two` };

for (const resource of RESOURCES) {
  describe(`a plan that was made without the value, with ${NAME_OF[resource]},`, () => {
    let scene: Scene;
    beforeEach(async () => (scene = await openScene({ resource })));
    afterEach(() => scene.close());

    const token = (value: unknown) => ({ type: "token", token: value }) as SecretArgs["data"];
    /** Plans where no value can be read, and carries the plan out where they can. */
    const plan = async (all: Record<string, SecretArgs["data"]>, more: Partial<SecretArgs> = {}) => {
      scene.declare(
        Object.fromEntries(
          Object.entries(all).map(([name, data]) => [name, { entityId: "ent_1", data, ...more }]),
        ),
      );
      const path = join(scene.stack.root, "plan.json");
      scene.stack.setEnv({ ONE: "", TWO: "" });
      await scene.stack.preview({ plan: path });
      assert.ok(!(await readFile(path, "utf8")).includes(PLANTED));
      scene.stack.setEnv(VARIABLES);
      await writeFile(join(scene.stack.project, "value.txt"), `${PLANTED}file`);
      return scene.stack.up({ plan: path });
    };
    const values = () =>
      Object.fromEntries(
        scene.keycard.secrets().map(({ name, data }) => [name, "token" in data ? data.token : ""]),
      );

    it("creates and updates with every form of a value", async () => {
      const forms = {
        variable: token(fromEnv("ONE")),
        file: token(fromFile("value.txt")),
        command: token(fromCommand(["sh", "-c", 'test -n "$ONE" && printf %s "$ONE"'])),
        first: token(initialValue(fromEnv("ONE"))),
        made: token(generated({ length: 24 })),
      };
      await plan(forms);
      const { made, ...others } = values();
      assert.equal(made?.length, 24);
      const one = VARIABLES.ONE;
      assert.deepEqual(others, { variable: one, file: `${PLANTED}file`, command: one, first: one });
      assert.deepEqual((await scene.stack.up()).changes, { same: 6 });

      await plan({ ...forms, variable: token(fromEnv("TWO")) }, { description: "changed" });
      assert.equal(values()["variable"], VARIABLES.TWO);
      assert.deepEqual((await scene.stack.up()).changes, { same: 6 });
    });
  });
}
