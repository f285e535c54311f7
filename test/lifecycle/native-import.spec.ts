import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { fromEnv, generated, initialValue, Provider, Secret, type SecretArgs } from "pulumi-keycard/native";
import { recorded } from "./support/recorded-run";
import type { RunResult } from "./support/run-result";
import { openScene, PLANTED, token, type Scene } from "./support/scene";

describe("an import through the plugin", () => {
  const args: SecretArgs = { zoneId: "zone_2", entityId: "ent_1", name: "Theirs", data: token("theirs") };
  let scene: Scene;
  let id: string;

  beforeEach(async () => {
    scene = await openScene({ resource: "native" });
    ({ id } = scene.keycard.put({ zone_id: "zone_2", name: "Theirs", data: token("theirs") }));
  });
  afterEach(() => scene.close());

  const declare = (option?: string) =>
    (scene.stack.program = () => {
      new Secret("mine", args, option === undefined ? {} : { import: option });
      return Promise.resolve();
    });

  const reference = (variable: string) =>
    (scene.stack.program = () => {
      const data = { type: "token", token: fromEnv(variable) } as const;
      new Secret("mine", { ...args, data }, { import: `zone_2/${id}` });
      return Promise.resolve();
    });
  const opsOf = ({ steps }: RunResult) => steps.map(({ op }) => op);

  it("the option import reads the secret once, and changes nothing then or later", async () => {
    declare(`zone_2/${id}`);
    const preview = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual(opsOf(preview), ["import"]);
    const up = await recorded(scene.keycard, () => scene.stack.up());
    const path = `/zones/zone_2/secrets/${id}`;
    assert.deepEqual(up.calls, [{ method: "GET", path }]);
    const again = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([again.changes, again.calls], [{ same: 2 }, []]);
    declare();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("an import with a reference never puts the value into the state", async () => {
    scene.stack.setEnv({ THEIRS: `${PLANTED}theirs`, OTHER: `${PLANTED}other` });
    reference("THEIRS");
    const preview = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual(opsOf(preview), ["import"]);
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(up), ["import"]);
    assert.deepEqual(up.calls, [{ method: "GET", path: `/zones/zone_2/secrets/${id}` }]);
    reference("OTHER");
    assert.deepEqual(opsOf(await scene.stack.preview()), ["update"]);
    assert.ok(!(await scene.stack.decryptedText()).includes(PLANTED));
  });

  it("an import with a reference shows in the preview that its value is another one, and sends it", async () => {
    scene.stack.setEnv({ OTHER: `${PLANTED}other` });
    reference("OTHER");
    const preview = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual(opsOf(preview), ["import", "update"]);
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(
      up.calls.map(({ method }) => method),
      ["GET", "PATCH"],
    );
    assert.deepEqual(scene.keycard.secret(id)?.data, token("other"));
  });

  it("an import with a reference that cannot be read keeps the value, and warns", async () => {
    reference("NOWHERE");
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(up), ["import"]);
    assert.match(up.stdout, /NOWHERE is not set .*the value was not compared/);
    assert.deepEqual(scene.keycard.secret(id)?.data, token("theirs"));
  });

  it("an import through an explicit provider, with data from an output, changes nothing", async () => {
    const theirs = { type: "password", username: "planted-app", password: "planted-word" } as const;
    scene.keycard.edit(id, { data: theirs });
    scene.stack.setEnv({ THEIRS: theirs.password });
    scene.stack.program = () => {
      const provider = new Provider("staging", { zoneId: "zone_2" });
      const data = pulumi.secret({ ...theirs, password: fromEnv("THEIRS") });
      new Secret("mine", { ...args, data }, { import: id, provider });
      return Promise.resolve();
    };
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(up), ["import"]);
    assert.ok(!(await scene.stack.decryptedText()).includes(theirs.password));
  });

  it("a generated value is kept by an import until its rotation", async () => {
    const make = (rotation: string) => {
      const token = generated({ length: 32, characters: ["digits", "lower", "upper"], rotation });
      scene.stack.program = () => {
        new Secret("mine", { ...args, data: { type: "token", token } }, { import: `zone_2/${id}` });
        return Promise.resolve();
      };
    };
    make("first");
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(up), ["import"]);
    const again = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([again.changes, again.calls], [{ same: 2 }, []]);
    assert.deepEqual(scene.keycard.secret(id)?.data, token("theirs"));
    make("second");
    const rotation = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(rotation), ["update"]);
    const { data } = scene.keycard.secret(id) ?? {};
    assert.ok(data?.type === "token" && /^[a-zA-Z0-9]{32}$/.test(data.token));
    const everything = await scene.stack.decryptedText();
    assert.ok(![PLANTED, data.token].some((value) => everything.includes(value)));
  });

  it("an import with a generated password shows that another user name makes a new password", async () => {
    scene.keycard.edit(id, { data: { type: "password", username: "old", password: `${PLANTED}word` } });
    scene.stack.program = () => {
      const data = { type: "password", username: "new", password: generated({ length: 32 }) } as const;
      new Secret("mine", { ...args, data }, { import: `zone_2/${id}` });
      return Promise.resolve();
    };
    assert.deepEqual(opsOf(await scene.stack.preview()), ["import", "update"]);
    await scene.stack.up();
    const { data } = scene.keycard.secret(id) ?? {};
    assert.ok(data?.type === "password" && data.username === "new" && data.password.length === 32);
    const everything = await scene.stack.decryptedText();
    assert.ok(![PLANTED, data.password].some((value) => everything.includes(value)));
  });

  it("an import with an initial value leaves alone what Keycard has, and never reads it", async () => {
    scene.stack.program = () => {
      const data = { type: "token", token: initialValue(`${PLANTED}first`) } as const;
      new Secret("mine", { ...args, data }, { import: `zone_2/${id}` });
      return Promise.resolve();
    };
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(opsOf(up), ["import"]);
    assert.deepEqual(
      up.calls.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`),
      ["GET /zones/zone_2/secrets"],
    );
    assert.ok(!(await scene.stack.decryptedText()).includes(PLANTED));
    assert.deepEqual(scene.keycard.secret(id)?.data, token("theirs"));
  });

  it("the command import needs no value, and prints none", async () => {
    const type = "keycard-secrets:index:Secret";
    const run = await scene.stack.cli([
      "import",
      type,
      "mine",
      `zone_2/${id}`,
      "--yes",
      "--skip-preview",
      "--generate-code=false",
      "--protect=false",
    ]);
    assert.ok(!run.failed, run.stdout + run.stderr);
    assert.doesNotMatch(run.stdout + run.stderr, new RegExp(`${PLANTED}|failed to validate`));
    const { inputs = {} } = (await scene.stack.exportState()).resources.at(-1) ?? {};
    assert.deepEqual(Object.keys(inputs).sort(), ["data", "entityId", "name", "zoneId"]);
    declare();
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([up.changes, up.calls], [{ same: 2 }, []]);
  });

  it("the import of a missing secret says so", async () => {
    declare("zone_2/sec_404");
    assert.match((await scene.stack.previewFails()).error, /no secret sec_404 in zone zone_2/i);
  });
});
