import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SecretArgs, type ValueSource, fromCommand, fromFile, initialValue } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, openScene, token } from "./support/scene";

const secretOf = (value: ValueSource | string): SecretArgs => ({
  entityId: "ent_1",
  data: { type: "token", token: value },
});

for (const resource of RESOURCES) {
  describe(`values of real tools, through ${NAME_OF[resource]}`, () => {
    let scene: Scene;
    const write = (name: string, text: string) => writeFileSync(join(scene.stack.project, name), text);
    beforeEach(async () => (scene = await openScene({ resource })));
    afterEach(() => scene.close());

    it("the fields of one document need one run of its command, and another way to the same value sends nothing", async () => {
      write("runs", "");
      write(
        "all.json",
        '{"data": {"data": {"password": "planted-one", "owner": "planted-two"}}, "pin": 471100}',
      );
      const command = ["sh", "-c", "echo run >> runs; cat all.json"];
      scene.declare({
        one: secretOf(fromCommand(command, { field: "data.data.password" })),
        two: secretOf(fromCommand(command, { field: 'data["data"].owner' })),
        file: secretOf(fromFile("all.json", { field: "data.data.password" })),
        pin: secretOf(fromFile("all.json", { field: "pin" })),
      });
      const { stdout } = await scene.stack.up();
      assert.match(
        stdout,
        /all\.json .* has a number at the field `pin`, which is sent as it is written there/,
      );
      const sent = Object.fromEntries(scene.keycard.secrets().map(({ name, data }) => [name, data]));
      assert.deepEqual(sent, {
        one: token("one"),
        two: token("two"),
        file: token("one"),
        pin: { type: "token", token: "471100" },
      });
      scene.keycard.clearLog();
      scene.declare({
        one: secretOf(fromFile("all.json", { field: "data.data.password" })),
        two: secretOf(fromCommand(["printf", "planted-%s", "two"])),
        file: secretOf(fromCommand(command, { field: "data.data.password" })),
        pin: secretOf(fromFile("all.json", { field: "pin", acceptAnyValue: true })),
      });
      const changed = await scene.stack.up();
      assert.deepEqual(changed.steps.map(({ op }) => op).sort(), ["update", "update", "update", "update"]);
      assert.deepEqual(scene.keycard.calls(), []);
    });

    it("what is never meant is refused in preview and up, with the reason, and nothing is sent", async () => {
      write("all.json", '{"a": {"b": "planted"}}');
      const print = (text: string) => fromCommand(["printf", "%s", text]);
      const first: SecretArgs = {
        entityId: "ent_1",
        data: { type: "token", token: initialValue("undefined") },
      };
      const wrong: Record<string, [args: SecretArgs, reason: string]> = {
        aws: [secretOf(print("None\n")), "is the word `None`: the AWS CLI prints it"],
        pulumi: [secretOf(print("[secret]\n")), "Add `--show-secrets`"],
        pass: [secretOf(print("infra\n├── \x1b[00mapi\x1b[0m\n")), "has escape sequences of a terminal"],
        inline: [secretOf("<none>"), "`data.token` is what a template prints for a missing key"],
        initial: [first, "`data.token.initialValue` is the word that a program prints"],
        field: [secretOf(fromFile("all.json", { field: "a.c" })), "has nothing at the field `a.c`"],
      };
      // A preview ends with the first failure.
      for (const [name, [args, reason]] of Object.entries(wrong)) {
        scene.declare({ [name]: args });
        const { error } = await scene.stack.previewFails();
        assert.ok(error.includes(reason), `${name}: ${error}`);
      }
      const up = await scene.stack.upFails();
      assert.match(up.error, /has nothing at the field `a\.c`/);
      assert.deepEqual(scene.keycard.calls(), []);
    });

    it("what is said to be meant is sent, and what is doubtful is sent with one line", async () => {
      scene.declare({
        meant: secretOf(fromCommand(["printf", "null"], { acceptAnyValue: true })),
        doubtful: secretOf(fromCommand(["printf", "planted-a\nplanted-b"])),
      });
      const { stdout } = await scene.stack.preview();
      assert.match(stdout, /has a value that has 2 lines and is no PEM text: it may be a whole document/);
      await scene.stack.up();
      const sent = Object.fromEntries(scene.keycard.secrets().map(({ name, data }) => [name, data]));
      assert.deepEqual(sent, {
        meant: { type: "token", token: "null" },
        doubtful: { type: "token", token: "planted-a\nplanted-b" },
      });
    });
  });
}
