import assert from "node:assert/strict";
import { mkdir, writeFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { countIn, openProgramScene, type ProgramScene } from "./support/program-scene";
import { openScene, token, type Scene } from "./support/scene";

const args: SecretArgs = { entityId: "ent_1", data: token("configured") };

describe("a stack's configuration that cannot be right", () => {
  let scene: ProgramScene;

  afterEach(() => scene.close());

  for (const [what, expected] of [
    ["the SDK of the bridged Terraform provider", 1],
    ["another SDK", 0],
  ] as const) {
    it(`a key of ours in \`keycard:\` is warned of ${expected} times in a program with ${what}`, async () => {
      scene = await openProgramScene({
        config: { "keycard:zoneId": "zone_1", "keycard:endpoint": "https://a.example" },
      });
      const sdk = expected === 1 ? "sdks/keycard/bin" : "sdks/other/bin";
      await mkdir(join(scene.stack.project, sdk), { recursive: true });
      await writeFile(join(scene.stack.project, sdk, "index.js"), "exports.Resource = class {};\n");
      await scene.write(
        `require("./${sdk}");
         new Secret("a", { entityId: "ent_1", data: { type: "token", token: "t" } });`,
      );
      const { diagnostics } = await scene.stack.preview();
      const found = diagnostics.filter((line) => line.includes("breaks Keycard's Terraform provider"));
      assert.equal(found.length, expected, diagnostics.join("\n"));
      for (const line of found) assert.match(line, /keycard:zoneId breaks/);
    });
  }

  it("a wrong configuration fails the preview once with all mistakes, and nothing is sent", async () => {
    scene = await openProgramScene({
      config: {
        "keycard-secrets:endpont": "https://keycard.example",
        "keycard-secrets:attemptTimeoutSeconds": "30s",
        "keycard:readValues": "nope",
        "keycard:readvalues": "false",
        "keycard:organization": "of the Terraform provider",
      },
      env: { KEYCARD_CONCURRENCY: "0", KEYCARD_ZONEID: "zone_2" },
    });
    await scene.write(
      `const data = { type: "token", token: "t" };
       keycard.listSecretsOutput();
       for (const name of ["a", "b"]) new Secret(name, { entityId: "ent_1", data });`,
    );
    const { diagnostics, error } = await scene.stack.previewFails();
    for (const problem of [
      "keycard-secrets:endpont is not a setting. Did you mean `keycard-secrets:endpoint`? The settings are endpoint, ",
      "keycard-secrets:attemptTimeoutSeconds must be a number of seconds above 0, such as 30.",
      "keycard:readValues must be true or false.",
      "KEYCARD_CONCURRENCY must be a number above 0, such as 16.",
      "keycard:readvalues is ignored: it is not a setting of pulumi-keycard. Did you mean `keycard-secrets:readValues`?",
      "The environment variable KEYCARD_ZONEID is ignored",
    ]) {
      assert.equal(countIn(diagnostics, problem), 1, `${problem} in\n${error}`);
    }
    assert.doesNotMatch(error, /organization|dist\/|at new Secret/);
    assert.deepEqual([scene.keycard.requests, scene.keycard.tokenRequests], [[], []]);
  });
});

describe("a stack's configuration", () => {
  let scene: Scene;

  afterEach(() => scene.close());

  it("warns of credentials in plain text, and gives our own namespace precedence", async () => {
    scene = await openScene({ env: { KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" } });
    const { clientId, clientSecret } = scene.keycard;
    await scene.stack.setConfig({
      "keycard:clientId": "of the Terraform provider",
      "keycard:clientSecret": "plain, of the Terraform provider",
      "keycard:zoneId": "zone_2",
      "keycard-secrets:clientId": clientId,
      "keycard-secrets:clientSecret": { secret: clientSecret },
    });
    // As a user writes it: a boolean, not a string.
    const file = join(scene.stack.project, "Pulumi.test.yaml");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(/^config:\n/m, "$&  keycard-secrets:readValues: false\n"),
    );
    scene.declare({ a: args });
    const { diagnostics } = await scene.stack.up();
    const warning =
      "keycard:clientSecret is in plain text in the stack's configuration and in its state. " +
      "Run `pulumi config set --secret keycard:clientSecret` and `pulumi up`, and then replace the credential in Keycard.";
    assert.equal(countIn(diagnostics, warning), 1);
    assert.equal(countIn(diagnostics, "keycard-secrets:clientSecret is in plain text"), 0);
    assert.equal(scene.keycard.secret("sec_1")?.zone_id, "zone_1");
    scene.keycard.clearLog();
    scene.keycard.edit("sec_1", { data: token("another") });
    await scene.stack.refresh();
    assert.deepEqual(scene.keycard.calls(), [{ method: "GET", path: "/zones/zone_1/secrets" }]);
  });

  it("refresh and destroy use the configuration of the last up, unless the program runs", async () => {
    scene = await openScene({ env: { KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" } });
    await scene.stack.setConfig({ "keycard-secrets:accessToken": { secret: scene.keycard.accessToken } });
    scene.declare({ a: args });
    await scene.stack.up();
    const renewed = scene.keycard.renewAccessToken();
    const { error } = await scene.stack.refreshFails();
    assert.match(
      error,
      /Authenticated with the token from keycard-secrets:accessToken\. .* if you have changed these settings since then, add `--run-program`\./,
    );
    assert.doesNotMatch(error, /dist\/|node:internal/);
    assert.equal(error.split("Could not list the secrets").length - 1, 3);

    await scene.stack.setConfig({ "keycard-secrets:accessToken": { secret: renewed } });
    assert.deepEqual((await scene.stack.refresh({ runProgram: true })).changes, { same: 2 });

    const latest = scene.keycard.renewAccessToken();
    await scene.stack.setConfig({ "keycard-secrets:accessToken": { secret: latest } });
    await scene.stack.destroyFails();
    await scene.stack.destroy({ runProgram: true });
    assert.deepEqual(scene.keycard.secrets(), []);
  });
});

describe("a secret in a zone that a preview does not know yet", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  it("a secret in an unknown zone is read only after the zone is known", async () => {
    const { id } = scene.keycard.put({ zone_id: "zone_2", name: "theirs", data: token("theirs") });
    scene.stack.program = () => {
      const first = new Secret("first", { ...args, metadata: { zone: "zone_2" } });
      const zoneId = first.createdAt.apply(() => "zone_2");
      return Promise.resolve({ name: Secret.get("theirs", id, { zoneId }).name });
    };
    await scene.stack.preview();
    assert.deepEqual(scene.keycard.calls(), []);
    const { outputs } = await scene.stack.up();
    assert.equal(outputs["name"], "theirs");
  });
});
