import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { languageTools } from "../engine/build-languages";
import { openWorkspace } from "./support/open-workspace";
import type { Workspace } from "./support/workspace";
import { closeAll } from "../support/close-all";

const HEAD = `name: in-yaml
runtime: yaml
packages:
  keycard-secrets: ./node_modules/pulumi-keycard/plugin
`;

/** A command that shows whether it receives a Keycard credential. */
const SHOW = `[node, -e, "process.stdout.write(process.env.KEYCARD_CLIENT_SECRET || 'nothing')"]`;

const VALUES = `${HEAD}resources:
  passed:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data:
        type: token
        token:
          fromCommand: ${SHOW}
          passEnv: [KEYCARD_CLIENT_SECRET]
  kept:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data:
        type: token
        token: { fromCommand: ${SHOW} }
`;

/** Two values of what a command writes, and one of a file. */
const FIELDS = `${HEAD}resources:
  owner:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data: { type: token, token: { fromCommand: [sh, values.sh], field: data.owner } }
  reader:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data: { type: token, token: { fromCommand: [sh, values.sh], field: "items[0].value" } }
  file:
    type: keycard-secrets:Secret
    properties:
      entityId: ent_1
      data: { type: password, username: app, password: { fromFile: values.json, field: '["a.b"]' } }
`;

const PROVIDERS = `${HEAD}resources:
  one:
    type: pulumi:providers:keycard-secrets
    properties:
      zoneId: zone_one
      concurrency: 4
      readValues: false
      attemptTimeoutSeconds: 20
      totalTimeoutSeconds: 60
  two:
    type: pulumi:providers:keycard-secrets
    properties:
      zoneId: zone_two
      accessToken: \${accessToken}
  first:
    type: keycard-secrets:Secret
    properties: { entityId: ent_1, data: { type: token, token: planted-in-yaml } }
    options:
      provider: \${one}
  second:
    type: keycard-secrets:Secret
    properties: { entityId: ent_1, data: { type: token, token: planted-in-yaml } }
    options:
      provider: \${two}
config:
  accessToken: { type: string, secret: true }
outputs:
  zones:
    - \${first.zoneId}
    - \${second.zoneId}
`;

/** A secret for each way to give a value. */
const forms = (variable: string, more = "") =>
  HEAD +
  "resources:\n" +
  Object.entries({
    variable: `{ fromEnv: ${variable} }`,
    file: "{ fromFile: value.txt }",
    command: '{ fromCommand: [sh, -c, \'test -n "$ONE" && printf %s "$ONE"\'] }',
    first: "{ initialValue: { fromEnv: ONE } }",
    made: "{ generated: { length: 24 } }",
  })
    .map(
      ([name, token]) =>
        `  ${name}:\n    type: keycard-secrets:Secret\n    properties:\n      entityId: ent_1\n` +
        `      data: { type: token, token: ${token} }\n${more}`,
    )
    .join("");

describe("a YAML program", function () {
  this.timeout(900_000);
  let keycard: Keycard;
  let stack: Workspace;

  before(async () => {
    const tools = await languageTools((line) => void process.stderr.write(`engine: ${line}\n`));
    keycard = await startKeycard({ ids: "sequential" });
    const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-yaml-"));
    await writeFile(join(folder, "Pulumi.yaml"), HEAD);
    stack = await openWorkspace({
      folder,
      config: {
        "keycard-secrets:zoneId": "zone_1",
        "in-yaml:accessToken": { secret: keycard.accessToken },
      },
      env: {
        KEYCARD_ENDPOINT: keycard.url,
        KEYCARD_CLIENT_ID: keycard.clientId,
        KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        PATH: [tools, process.env["PATH"]].join(delimiter),
      },
    });
    await rm(folder, { recursive: true });
  });
  after(() => closeAll(stack, keycard));

  const write = (program: string) => writeFile(join(stack.project, "Pulumi.yaml"), program);
  const showsNone = async (...values: string[]) => {
    const all = (await stack.storedText()) + stack.allText();
    for (const value of values) assert.ok(!all.includes(value), `${value} is shown`);
  };

  it("a command gets a credential that `passEnv` names, and another command does not", async () => {
    await write(VALUES);
    await stack.up();
    const values = keycard.secrets().map(({ name, data }) => [name, "token" in data ? data.token : ""]);
    assert.deepEqual(Object.fromEntries(values), { passed: keycard.clientSecret, kept: "nothing" });
    await showsNone(keycard.clientSecret);
    await stack.destroy();
  });

  it("`field` picks values from one read of a command and from a file", async () => {
    const document = { data: { owner: "planted-owner" }, items: [{ value: "planted-reader" }] };
    const at = (name: string) => join(stack.project, name);
    await writeFile(at("values.sh"), `echo run >> runs.txt\necho '${JSON.stringify(document)}'\n`);
    await writeFile(at("values.json"), JSON.stringify({ "a.b": "planted-file" }));
    await write(FIELDS);
    await stack.up();
    const sent = keycard.secrets().map(({ name, data }) => [name, data]);
    assert.deepEqual(Object.fromEntries(sent), {
      owner: { type: "token", token: "planted-owner" },
      reader: { type: "token", token: "planted-reader" },
      file: { type: "password", username: "app", password: "planted-file" },
    });
    assert.equal(await readFile(at("runs.txt"), "utf8"), "run\n");
    assert.deepEqual((await stack.up()).changes, { same: 4 });
    await write(FIELDS.replace("data.owner", "data"));
    const { error } = await stack.previewFails();
    assert.match(error, /has an object at the field `data`, not a string/);
    await write(FIELDS.replace("'[\"a.b\"]'", "a.b"));
    assert.match((await stack.previewFails()).error, /has nothing at the field `a\.b`/);
    await showsNone("planted-owner", "planted-reader", "planted-file");
    await stack.destroy();
  });

  it("lines and errors show keys, no functions of TypeScript", async () => {
    const secret = (token: string) =>
      `${HEAD}resources:\n  a:\n    type: keycard-secrets:Secret\n    properties: { entityId: ent_1, data: { type: token, token: ${token} } }\n`;
    await write(secret('"planted-1\\nplanted-2"'));
    const { stdout } = await stack.preview();
    assert.match(stdout, /write \{ "fromEnv": "NAME", "acceptAnyValue": true \}/);
    await write(secret('""'));
    const { error } = await stack.previewFails();
    assert.match(error, /such as \{ "fromEnv": "NAME" \}/);
    assert.doesNotMatch(stdout + error, /fromEnv\(/);
  });

  it("a plan that was made without the values creates and updates with every form of a value", async () => {
    const values = () =>
      Object.fromEntries(
        keycard.secrets().map(({ name, data }) => [name, "token" in data ? data.token : ""]),
      );
    const file = join(stack.project, "value.txt");
    const plan = async (program: string) => {
      await write(program);
      const path = join(stack.root, "plan.json");
      stack.setEnv({ ONE: "", TWO: "" });
      await rm(file, { force: true });
      const { stdout } = await stack.preview({ plan: path });
      stack.setEnv({ ONE: "planted-one", TWO: "planted-two" });
      await writeFile(file, "planted-file");
      await stack.up({ plan: path });
      return stdout;
    };
    const one = "planted-one";
    assert.match(
      await plan(forms("ONE")),
      /ONE is empty \(used by Secret variable\): `pulumi up` needs the value to create/,
    );
    const { made = "", ...others } = values();
    assert.equal(made.length, 24);
    assert.deepEqual(others, { variable: one, file: "planted-file", command: one, first: one });
    assert.deepEqual((await stack.up()).changes, { same: 6 });

    await plan(forms("TWO", "      description: changed\n"));
    assert.equal(values()["variable"], "planted-two");
    assert.deepEqual((await stack.up()).changes, { same: 6 });

    // A value that is not there is not compared, and a drift of it still shows.
    stack.setEnv({ ONE: "", TWO: "" });
    await rm(file);
    assert.deepEqual((await stack.preview()).changes, { same: 6 });
    const id = keycard.secrets().find(({ name }) => name === "variable")?.id ?? "";
    keycard.edit(id, { data: { type: "token", token: "planted-theirs" } });
    assert.deepEqual((await stack.refresh()).changes, { same: 5, update: 1 });
    stack.setEnv({ ONE: one, TWO: "planted-two" });
    await writeFile(file, "planted-file");
    await stack.up();
    assert.equal(values()["variable"], "planted-two");

    // The engine then puts the inputs in the state into the program's.
    await write(forms("TWO", "      description: changed\n    options: { ignoreChanges: [data] }\n"));
    stack.setEnv({ TWO: "planted-three" });
    assert.deepEqual((await stack.up()).changes, { same: 6 });
    await showsNone("planted-");
    await stack.destroy();
  });

  it("a mistyped option of a source is refused with the right name", async () => {
    await write(VALUES.replace("passEnv", "passenv"));
    const { error } = await stack.previewFails();
    assert.match(error, /passenv/);
    assert.match(error, /passEnv/);
  });

  it("`pulumi install` and the commands about packages accept the folder of the plugin", async () => {
    await write(VALUES);
    for (const args of [["install"], ["package", "info", "keycard-secrets"]]) {
      const run = await stack.cli(args);
      assert.ok(!run.failed, run.stdout + run.stderr);
    }
    const { failed, stdout, stderr } = await stack.cli(["package", "get-schema", "keycard-secrets"]);
    assert.ok(!failed, stderr);
    assert.equal((JSON.parse(stdout) as { name: string }).name, "keycard-secrets");
  });

  it("the program of an import by `pulumi import` keeps what Keycard has, and shows no part of it", async () => {
    const theirs = { type: "password", username: "planted-user", password: "planted-password" } as const;
    const { id } = keycard.put({ zone_id: "zone_1", name: "Their own", data: theirs });
    await write(`${HEAD}resources: {}\n`);
    const args = ["import", "keycard-secrets:index:Secret", "theirs", `zone_1/${id}`];
    const options = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
    const run = await stack.cli([...args, ...options]);
    assert.ok(!run.failed, run.stdout + run.stderr);
    // The language hosts generate a program from these inputs.
    const { inputs: stored = {} } = (await stack.exportState()).resources.at(-1) ?? {};
    const { plaintext } = stored["data"] as { plaintext: string };
    const inputs = { ...stored, data: JSON.parse(plaintext) as object };
    assert.deepEqual(inputs, {
      zoneId: "zone_1",
      entityId: "ent_1",
      name: "Their own",
      data: {
        type: "password",
        username: "kept in Keycard",
        password: { initialValue: { fromEnv: "SECRET_THEIR_OWN" } },
      },
    });
    const resource = { type: "keycard-secrets:Secret", properties: inputs };
    await write(`${HEAD}resources: ${JSON.stringify({ theirs: resource })}\n`);
    keycard.clearLog();
    assert.deepEqual((await stack.up()).changes, { same: 1, update: 1 });
    assert.deepEqual((await stack.up()).changes, { same: 2 });
    assert.deepEqual(keycard.requests, []);
    assert.deepEqual(keycard.secret(id)?.data, theirs);
    await showsNone(theirs.username, theirs.password);
    await stack.destroy();
  });

  it("each provider has a zone and credentials of its own", async () => {
    await write(PROVIDERS);
    const { outputs } = await stack.up();
    assert.deepEqual(outputs, { zones: ["zone_one", "zone_two"] });
    assert.deepEqual(
      keycard
        .secrets()
        .map(({ zone_id }) => zone_id)
        .sort(),
      ["zone_one", "zone_two"],
    );
    await showsNone(keycard.accessToken, keycard.clientSecret, "planted-in-yaml");
    await stack.destroy();
    assert.deepEqual(keycard.secrets(), []);
  });
});
