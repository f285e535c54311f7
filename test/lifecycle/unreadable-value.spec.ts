import assert from "node:assert/strict";
import { fromCommand, fromEnv, fromFile, type SecretArgs } from "pulumi-keycard";
import { token } from "./support/scene";
import { openSourceScene, secret, VARIABLE, type SourceScene } from "./support/sources";

describe("a value by reference", () => {
  let scene: SourceScene;

  beforeEach(async () => (scene = await openSourceScene()));
  afterEach(() => scene.close());

  it("an unreadable source is no change unless the value must be sent", async () => {
    const data = { type: "password", username: "app", password: fromEnv(VARIABLE) } as const;
    const account: SecretArgs = { entityId: "ent_1", data };
    scene.give({ variable: "planted-one" });
    scene.declare({ a: account, b: account });
    await scene.stack.up();
    scene.keycard.clearLog();

    scene.give({ variable: undefined });
    const preview = await scene.stack.preview();
    assert.deepEqual(preview.changes, { same: 3 });
    assert.deepEqual(
      preview.diagnostics.map((text) => text.trim()).sort(),
      ["a", "b"].map(
        (name) =>
          `The environment variable ${VARIABLE} is not set (used by Secret ${name}): ` +
          "the value was not compared, and the stored fingerprint is kept.",
      ),
    );
    scene.declare({ a: { ...account, description: "Patched" }, b: account });
    await scene.stack.up();
    const [patch, ...others] = scene.keycard.calls();
    assert.deepEqual([patch?.method, patch?.body, others], ["PATCH", { description: "Patched" }, []]);

    scene.declare({ a: account, b: { ...account, data: { ...data, username: "other" } } });
    const { error } = await scene.stack.upFails();
    assert.match(error, new RegExp(`variable ${VARIABLE} is not set. The value is needed for this update`));
    await scene.assertNoValue();
  });

  it("a line tells that drift of a value whose source cannot be read is not corrected", async () => {
    const args = secret(fromEnv(VARIABLE));
    scene.give({ variable: "planted-one" });
    scene.declare({ a: args, b: args });
    await scene.stack.up();
    scene.keycard.edit(await scene.idOf("a"), { data: token("other") });
    await scene.stack.refresh();
    // A refresh that finds no further change forgets nothing.
    await scene.stack.refresh();
    scene.keycard.clearLog();

    scene.give({ variable: undefined });
    for (const run of [await scene.stack.preview(), await scene.stack.up(), await scene.stack.up()]) {
      assert.deepEqual(run.changes, { same: 3 });
      assert.deepEqual(
        run.diagnostics.map((text) => text.trim()).sort(),
        [
          ["a", "The last read found another one in Keycard, which stays."],
          ["b", "the stored fingerprint is kept."],
        ].map(
          ([name, end]) =>
            `The environment variable ${VARIABLE} is not set (used by Secret ${name}): ` +
            `the value was not compared${name === "a" ? ". " : ", and "}${end}`,
        ),
      );
    }
    assert.deepEqual(scene.keycard.calls(), []);

    // The program gets the value that Keycard has: there is nothing to send, and nothing to tell later.
    scene.give({ variable: "planted-other" });
    scene.declare({ a: args });
    assert.deepEqual((await scene.stack.up()).changes, { same: 2, delete: 1 });
    scene.give({ variable: undefined });
    const [line = "", ...others] = (await scene.stack.up()).diagnostics;
    assert.match(line, /and the stored fingerprint is kept/);
    assert.deepEqual(others, []);
    await scene.assertNoValue();
  });

  it("an unreadable source fails a create, and the error names it", async () => {
    process.env["A_TOKEN_OF_THE_TOOL"] = "planted-credential";
    try {
      // A faulty tool that writes the value to both outputs.
      scene.give({
        variable: "",
        command:
          'echo planted-half; echo "first" >&2; echo "[ERROR] planted-half $A_TOKEN_OF_THE_TOOL" >&2; exit 3',
      });
      const cases = {
        env: [fromEnv(VARIABLE), `The environment variable ${VARIABLE} is empty`],
        file: [
          fromFile("missing.txt"),
          `The file missing.txt (seen from ${scene.stack.project}) does not exist`,
        ],
        command: [
          fromCommand(["./value", "op://a/b"]),
          "The command `./value …` ended with status 3: [ERROR] [redacted].",
        ],
      } as const;
      scene.declare(
        Object.fromEntries(Object.entries(cases).map(([name, [source]]) => [name, secret(source)])),
      );
      const { events } = await scene.stack.upFails({ continueOnError: true });
      for (const [name, [, fact]] of Object.entries(cases)) {
        const messages = events.flatMap(({ diagnosticEvent }) =>
          diagnosticEvent?.urn?.endsWith(`::${name}`) === true ? [diagnosticEvent.message] : [],
        );
        assert.ok(messages.join("").includes(fact), `${fact} is not in\n${messages.join("")}`);
      }
      assert.deepEqual(scene.keycard.calls(), []);
    } finally {
      delete process.env["A_TOKEN_OF_THE_TOOL"];
    }
  });

  it("a command that takes too long is killed", async () => {
    scene.give({ command: "exec sleep 60" });
    scene.declare({ slow: secret(fromCommand(["./value"], { timeoutSeconds: 0.5 })) });
    const { error } = await scene.stack.upFails();
    assert.match(error, /The command `\.\/value` was killed after 0\.5 seconds/);
  });

  it("a variable may be missing in the preview, but not in the run", async () => {
    scene.declare({ env: secret(fromEnv(VARIABLE)) });
    const plan = await scene.plan();
    assert.deepEqual(
      plan.run.diagnostics.map((text) => text.trim()),
      [
        `The environment variable ${VARIABLE} is not set (used by Secret env): ` +
          "`pulumi up` needs the value to create the secret.",
      ],
    );
    scene.give({ variable: "planted-late" });
    await scene.stack.up({ plan: plan.path });
    assert.deepEqual(scene.keycard.secret("sec_1")?.data, token("late"));
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    await scene.assertNoValue();
  });
});
