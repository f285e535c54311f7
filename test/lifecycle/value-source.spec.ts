import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Secret, fromCommand, fromEnv, fromFile, type SecretArgs } from "pulumi-keycard";
import { startKeycard, type SecretData } from "../emulator";
import { openWorkspace } from "./support/open-workspace";
import { token } from "./support/scene";
import { openSourceScene, secret, VARIABLE, type SourceScene } from "./support/sources";
import { closeAll } from "../support/close-all";

const PATH = "/zones/zone_1/secrets";

describe("a value by reference", () => {
  let scene: SourceScene;

  beforeEach(async () => (scene = await openSourceScene()));
  afterEach(() => scene.close());

  const ops = (run: { steps: { name: string; op: string; changed: string[] }[] }) =>
    run.steps.map(({ name, op, changed }) => [name, op, changed]).sort();

  it("values from all three sources reach Keycard and nothing else", async () => {
    scene.give({ variable: "planted-one", file: "planted-two\n", command: "echo planted-three" });
    scene.declare({
      env: secret(fromEnv(VARIABLE)),
      file: secret(fromFile("value.txt")),
      whole: secret(fromFile("value.txt", { trim: false })),
      command: {
        entityId: "ent_1",
        data: { type: "password", username: "app", password: fromCommand(["./value"]) },
      },
    });
    const plan = await scene.plan();
    assert.ok(plan.secrets.some((text) => text.includes(`"fromEnv":"${VARIABLE}"`)));
    await scene.stack.up({ plan: plan.path });
    const sent = scene.keycard.secrets().map(({ name, data }) => [name, data]);
    assert.deepEqual(Object.fromEntries(sent), {
      env: token("one"),
      file: token("two"),
      whole: token("two\n"),
      command: { type: "password", username: "app", password: "planted-three" },
    });
    const { data } = await scene.stateOf("command");
    const { command = "" } = await scene.assertNoValue();
    assert.match(command, /^scrypt:2048:8:1\$[\w-]{22}\$[\w-]{22}$/);
    assert.deepEqual(data, {
      type: "password",
      username: "app",
      password: { fromCommand: ["./value"], fingerprint: command },
    });
  });

  it("a changed value is a change of data and one PATCH", async () => {
    scene.give({ variable: "planted-one", file: "planted-one", command: "echo planted-one" });
    scene.declare({
      env: secret(fromEnv(VARIABLE)),
      file: secret(fromFile("value.txt")),
      command: secret(fromCommand(["./value"])),
    });
    await scene.stack.up();
    const first = await scene.assertNoValue();
    const [salts, hashes] = [1, 2].map((part) => Object.values(first).map((text) => text.split("$")[part]));
    assert.deepEqual([new Set(salts).size, new Set(hashes).size], [3, 3], "each has a salt of its own");

    scene.give({ variable: "planted-new", file: "planted-newer", command: "echo planted-newest" });
    scene.keycard.clearLog();
    const plan = await scene.plan();
    assert.deepEqual(ops(plan.run), [
      ["command", "update", ["data"]],
      ["env", "update", ["data"]],
      ["file", "update", ["data"]],
    ]);
    await scene.stack.up({ plan: plan.path });
    const calls = scene.keycard.calls();
    assert.deepEqual([calls.length, new Set(calls.map(({ path }) => path)).size], [3, 3]);
    for (const text of ["new", "newer", "newest"]) {
      assert.ok(
        calls.some(
          ({ method, body }) => method === "PATCH" && isDeepStrictEqual(body, { data: token(text) }),
        ),
      );
    }
    const second = await scene.assertNoValue();
    assert.deepEqual(
      Object.values(second)
        .map((text) => text.split("$")[1])
        .sort(),
      salts?.sort(),
    );

    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 4 });
    assert.deepEqual([scene.keycard.calls(), scene.keycard.tokenRequests], [[], []]);
  });

  it("a value or type that changed in Keycard is shown by refresh and corrected by the next up", async () => {
    scene.give({ variable: "planted-one" });
    scene.declare({
      value: { ...secret(fromEnv(VARIABLE)), zoneId: "value" },
      type: { ...secret(fromEnv(VARIABLE)), zoneId: "type" },
    });
    await scene.stack.up();
    const stolen: Record<string, SecretData> = {
      value: token("stolen"),
      type: { type: "password", username: "app", password: "planted-stolen" },
    };
    for (const { id, zone_id } of scene.keycard.secrets()) {
      scene.keycard.edit(id, { data: stolen[zone_id] ?? assert.fail() });
    }
    const { steps } = await scene.stack.refresh();
    assert.deepEqual(steps.map(({ name }) => name).sort(), ["type", "value"]);
    for (const step of steps) {
      assert.ok(step.op === "update" && step.changed.includes("data"), "the refresh shows a change of data");
    }
    await scene.assertNoValue();
    scene.keycard.clearLog();
    assert.deepEqual(ops(await scene.stack.up()), [
      ["type", "update", ["data"]],
      ["value", "update", ["data"]],
    ]);
    const path = (zone: string) => {
      const { id } = scene.keycard.secrets().find(({ zone_id }) => zone_id === zone) ?? {};
      return `/zones/${zone}/secrets/${id}`;
    };
    assert.deepEqual(
      scene.keycard.calls().sort((one, other) => one.path.localeCompare(other.path)),
      ["type", "value"].map((zone) => ({ method: "PATCH", path: path(zone), body: { data: token("one") } })),
    );
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 3 });
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
    assert.deepEqual(scene.keycard.calls(), []);
    await scene.assertNoValue();
  });

  const inline: SecretArgs = { entityId: "ent_1", data: token("same") };

  it("a reference replaces an equal inline value without a request", async () => {
    scene.give({ variable: "planted-same", command: "echo planted-same" });
    scene.declare({ a: inline });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ a: secret(fromEnv(VARIABLE)) });
    assert.deepEqual(ops(await scene.stack.preview()), [["a", "update", ["data"]]]);
    await scene.stack.up();
    const before = await scene.assertNoValue();
    scene.declare({ a: secret(fromCommand(["./value"])) });
    assert.deepEqual(ops(await scene.stack.up()), [["a", "update", ["data"]]]);
    assert.deepEqual(await scene.assertNoValue(), before);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual([scene.keycard.calls(), scene.keycard.tokenRequests], [[], []]);
  });

  it("an equal inline value replaces a reference without a request", async () => {
    scene.give({ variable: "planted-same" });
    scene.declare({ a: secret(fromEnv(VARIABLE)) });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ a: inline });
    assert.deepEqual(ops(await scene.stack.up()), [["a", "update", ["data"]]]);
    assert.deepEqual((await scene.stateOf("a"))["data"], inline.data);
    assert.deepEqual([scene.keycard.calls(), scene.keycard.tokenRequests], [[], []]);
  });

  it("a reference to another value than the inline one is sent", async () => {
    scene.give({ variable: "planted-other" });
    scene.declare({ a: inline });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ a: secret(fromEnv(VARIABLE)) });
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [
      { method: "PATCH", path: `${PATH}/sec_1`, body: { data: token("other") } },
    ]);
    await scene.assertNoValue();
  });

  it("forty secrets read a source once per run", async () => {
    scene.give({ command: "echo planted-shared" });
    const shared: SecretArgs = {
      entityId: "ent_1",
      data: { type: "token", token: fromCommand(["./value"]) },
    };
    scene.declare(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`secret-${index}`, shared])));
    await scene.stack.preview();
    assert.equal(scene.commandRuns(), 1);
    await scene.stack.up();
    assert.equal(scene.commandRuns(), 2);
    assert.deepEqual(
      scene.keycard.secrets().map(({ data }) => data),
      Array.from({ length: 40 }, () => token("shared")),
    );
    await scene.assertNoValue();
  });

  it("a value that the program ignores stays as the state has it", async () => {
    scene.give({ variable: "planted-one" });
    const args = secret(fromEnv(VARIABLE));
    scene.stack.program = () => Promise.resolve(void new Secret("a", args, { ignoreChanges: ["data"] }));
    await scene.stack.up();
    scene.give({ variable: "planted-two" });
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
    await scene.assertNoValue();
  });

  it("a value that also occurs in plain text is rejected", async () => {
    scene.give({ variable: "planted-plain" });
    scene.declare({ a: { ...secret(fromEnv(VARIABLE)), description: "It is planted-plain" } });
    const { stdout, error } = await scene.stack.previewFails();
    assert.match(error, /`description` contains the secret's value/);
    assert.ok(!stdout.includes("planted-"));
  });

  it("a replacement sends the value to the new secret", async () => {
    scene.give({ variable: "planted-one" });
    scene.declare({ a: secret(fromEnv(VARIABLE)) });
    await scene.stack.up();
    const before = await scene.assertNoValue();
    scene.declare({ a: { ...secret(fromEnv(VARIABLE)), entityId: "ent_2" } });
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.secrets().map(({ entity_id, data }) => [entity_id, data]),
      [["ent_2", token("one")]],
    );
    assert.deepEqual(await scene.assertNoValue(), before);
  });
});

describe("a program in a folder below its project", () => {
  it("file paths are relative to the program", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-below-"));
    const keycard = await startKeycard({ ids: "sequential" });
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: below\nruntime: nodejs\nmain: deep/index.js\n");
    writeFileSync(join(folder, "deep/value.txt"), "planted-below\r\n");
    writeFileSync(
      join(folder, "deep/index.js"),
      `const { Secret, fromFile } = require("pulumi-keycard");
new Secret("a", { zoneId: "zone_1", entityId: "ent_1", data: { type: "token", token: fromFile("value.txt") } });`,
    );
    const env = { KEYCARD_ENDPOINT: keycard.url, KEYCARD_ACCESS_TOKEN: keycard.accessToken };
    const stack = await openWorkspace({ folder, env });
    try {
      await stack.up();
      assert.deepEqual(keycard.secret("sec_1")?.data, token("below"));
    } finally {
      await closeAll(stack, keycard, () => rmSync(folder, { recursive: true }));
    }
  });
});
