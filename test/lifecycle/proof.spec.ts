import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

const args: SecretArgs = { entityId: "ent_1", name: "deploy", data: token("deploy") };

/** The distinct messages that contain a text. The CLI repeats each at the end, and puts the resource before it. */
function linesWith(printed: string, text: string): string[] {
  const lines = printed.split("\n").filter((line) => line.includes(text));
  return [...new Set(lines.map((line) => line.slice(line.indexOf(text))))];
}

describe("a secret that Keycard does not return", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene();
    scene.declare({ deploy: args, sign: { ...args, name: "sign" } });
    await scene.stack.up();
  });
  afterEach(() => scene.close());

  it("every command keeps a secret with credentials of another organisation", async () => {
    const { clientId, clientSecret } = scene.keycard.otherOrganisation;
    scene.stack.setEnv({ KEYCARD_CLIENT_ID: clientId, KEYCARD_CLIENT_SECRET: clientSecret });
    const state = await scene.idOf("deploy");
    scene.declare({ deploy: { ...args, description: "Changed" }, sign: { ...args, name: "sign" } });
    for (const run of ["refreshFails", "upFails", "destroyFails"] as const) {
      const { error } = await scene.stack[run]();
      assert.match(
        error,
        /answered 404, which does not prove that the secret is gone: zone zone_1 is not/,
        run,
      );
      assert.ok(error.includes(`is not visible at ${scene.keycard.url}`), run);
      assert.match(error, /Authenticated with the client id from KEYCARD_CLIENT_ID/, run);
      assert.ok(!error.includes(clientSecret));
    }
    assert.deepEqual([await scene.idOf("deploy"), scene.keycard.secrets().length], [state, 2]);
  });

  it("every command keeps a secret with an extra segment in the endpoint", async () => {
    const { url, accessToken } = scene.keycard;
    scene.stack.setEnv({ KEYCARD_ENDPOINT: `${url}/v1`, KEYCARD_ACCESS_TOKEN: accessToken });
    scene.stack.setEnv({ KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" });
    for (const run of ["refreshFails", "destroyFails"] as const) {
      const { error } = await scene.stack[run]();
      assert.ok(error.includes(`zone zone_1 is not visible at ${url}/v1`), error);
      assert.match(error, /Authenticated with the token from KEYCARD_ACCESS_TOKEN/);
    }
    assert.equal(scene.keycard.secrets().length, 2);
    assert.match(await scene.idOf("sign"), /^sec_/);
  });

  it("a new secret is looked for again, and stays in the state", async () => {
    Object.assign(scene.keycard.switches, { listLagMs: 12_000, readLagMs: 12_000 });
    const { stdout } = await scene.stack.refresh();
    assert.equal(linesWith(stdout, "Keycard does not return the secret").length, 1);
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
    assert.equal(scene.keycard.secrets().length, 2);
  });
});

describe("what is not available yet", () => {
  let scene: Scene;

  afterEach(() => scene.close());

  it("a wait prints one line per zone, entity or name", async () => {
    scene = await openScene({
      zoneSwitches: { zone_3: { uniqueNames: true, nameFreedAfterMs: 6000 } },
      switches: { notFoundCacheMs: 4000 },
    });
    scene.stack.program = () => {
      const opts = { deleteBeforeReplace: true };
      new Secret("named", { ...args, zoneId: "zone_3", entityId: "ent_3" }, opts);
      return Promise.resolve();
    };
    await scene.stack.up();
    scene.keycard.delay({ zoneId: "zone_2" }, 2000);
    scene.keycard.delay({ entityId: "ent_2" }, 2000);
    scene.stack.program = () => {
      // As of a resource that creates it in the same run.
      const made = pulumi.output("zone_2");
      const opts = { deleteBeforeReplace: true, replaceOnChanges: ["data"] };
      for (const name of ["a", "b"]) new Secret(`zone-${name}`, { ...args, name, zoneId: made });
      const first = new Secret("first", args);
      for (const name of ["a", "b"])
        new Secret(`entity-${name}`, { ...args, name, entityId: "ent_2" }, { dependsOn: first });
      new Secret("named", { ...args, zoneId: "zone_3", entityId: "ent_3", data: token("other") }, opts);
      return Promise.resolve();
    };
    const { stdout } = await scene.stack.up();
    assert.equal(scene.keycard.secrets().length, 6);
    for (const what of [
      "for zone zone_2 to become available",
      "for entity ent_2 of zone zone_1 to become available",
      'for the name "deploy" in zone zone_3, whose secret was just deleted, to become free',
    ]) {
      assert.equal(linesWith(stdout, `Waiting up to 30 s ${what}`).length, 1, `${what}\n${stdout}`);
    }
    assert.deepEqual((await scene.stack.up()).changes, { same: 7 });
  });
});

describe("a create whose answer is lost", () => {
  let scene: Scene;

  afterEach(() => scene.close());

  it("each lost create leaves one secret with different clocks, lagging listings and late work, and prints a line", async () => {
    scene = await openScene({ switches: { timesBehindMs: 20_000, listLagMs: 8000 } });
    const post = (name: string) => ({
      method: "POST",
      only: ({ body }: { body: unknown }) => (body as { name?: string }).name === name,
    });
    scene.keycard.faults.add({ ...post("skewed"), kind: { drop: "after" } });
    scene.keycard.faults.add({ ...post("late"), kind: { lateWorkMs: 5000 } });
    scene.declare({ skewed: { ...args, name: "skewed" }, late: { ...args, name: "late" } });
    const { stdout } = await scene.stack.up();
    const names = scene.keycard.secrets().map(({ name }) => name);
    assert.deepEqual(names.sort(), ["late", "skewed"]);
    for (const name of names) {
      const id = await scene.idOf(name);
      assert.equal(scene.keycard.secret(id)?.name, name);
      assert.match(
        stdout,
        new RegExp(`Adopted ${id} as the secret "${name}" of entity ent_1 in zone zone_1`),
      );
    }
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
  });
});
