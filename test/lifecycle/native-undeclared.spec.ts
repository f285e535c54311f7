import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { getSecret, Secret } from "pulumi-keycard/native";
import { openProgramScene, type ProgramScene } from "./support/program-scene";
import { openScene, type Scene } from "./support/scene";

/** The PATH without `node_modules`, because npm adds this repository's executables, including the plugin. */
const PATH = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** Allows the engine to download a plugin that it does not find. */
const MAY_DOWNLOAD = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "" };

/** What the engine reports about a plugin that it searched for. */
const LOOKED_FOR = /github|no resource plugin/;

describe("a program without a declared plugin", () => {
  let scene: ProgramScene;
  before(async () => {
    scene = await openProgramScene({ env: { ...MAY_DOWNLOAD, PATH } });
    await scene.write(
      `new (require("pulumi-keycard/native").Secret)("a", { entityId: "ent_1", data: { type: "token", token: "planted" } });`,
    );
  });
  after(() => scene.close());

  it("a program is told which lines to add before the engine looks for the plugin, and runs with them", async () => {
    const { error } = await scene.stack.previewFails();
    const [, lines = ""] =
      /Add these lines to \S+Pulumi\.yaml:\s+(plugins:(?:\s+[\w:./ -]+){3})/.exec(error) ?? [];
    assert.match(lines, /keycard-secrets/, error);
    assert.doesNotMatch(error, LOOKED_FOR);
    // The display of an error adds the same indentation to each line.
    const margin = /\n( *) {2}providers:/.exec(lines)?.[1] ?? "";
    await appendFile(
      join(scene.stack.project, "Pulumi.yaml"),
      `${lines.replaceAll(`\n${margin}`, "\n").trim()}\n`,
    );
    assert.deepEqual((await scene.stack.up()).changes, { create: 2 });
    assert.equal(scene.keycard.secrets().length, 1);
    await scene.stack.destroy();
  });
});

describe("an inline program of the Automation API", () => {
  let scene: Scene;
  let path: string | undefined;
  before(async () => {
    path = process.env["PATH"];
    process.env["PATH"] = PATH;
    scene = await openScene({ resource: "native", env: MAY_DOWNLOAD });
  });
  after(async () => {
    process.env["PATH"] = path;
    await scene.close();
  });

  const runs = (program: () => Promise<unknown>) =>
    (scene.stack.program = () => program().then(() => undefined));

  it("an inline program is not told about the project of the folder that it happens to run in", async () => {
    // The project in this repository declares no plugin.
    assert.doesNotMatch(await readFile("Pulumi.yaml", "utf8"), /keycard-secrets/);
    runs(() => Promise.resolve(new Secret("a", { entityId: "ent_1", data: { type: "token", token: "x" } })));
    assert.deepEqual((await scene.stack.preview()).changes, { create: 2 });
  });

  it("an inline program fails with an error of the engine that names the plugin", async () => {
    await writeFile(join(scene.stack.project, "Pulumi.yaml"), "name: lifecycle\nruntime: nodejs\n");
    runs(() => getSecret({ id: "sec_1" }));
    const { error } = await scene.stack.previewFails();
    assert.match(error, /error: [^\n]*keycard-secrets/);
    assert.match(error, LOOKED_FOR);
    assert.deepEqual(scene.keycard.requests, []);
  });
});
