import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { compileErrors } from "../support/compile";
import { startRawServer } from "../support/raw-server";
import { openAdoptionFolder, type AdoptionFolder } from "./support/adopted-program";
import { closeAll } from "../support/close-all";

const ROOT = resolve(__dirname, "../..");
describe("npx pulumi-keycard adopt", () => {
  let keycard: Keycard;
  let project: AdoptionFolder;
  const run = (...args: string[]) => project.run(...args);

  beforeEach(async () => {
    keycard = await startKeycard({ ids: "sequential" });
    project = await openAdoptionFolder(keycard);
  });
  afterEach(() => closeAll(project, keycard));

  it("writes the secrets of one entity to stdout", async () => {
    keycard.put({ name: "ours", entity_id: "ent_1", metadata: {}, description: "d" });
    keycard.put({ name: "theirs", entity_id: "ent_2" });
    const { stdout, stderr, code } = await run("adopt", "--zone", "zone_1", "--entity", "ent_1");
    assert.equal(code, 0);
    assert.match(stderr, /^Wrote a program for 1 secret\. /);
    assert.match(
      stdout,
      /new Secret\("ours", \{\n {2}adoptId: "sec_1",\n {2}zoneId,\n {2}entityId: "ent_1",/,
    );
    assert.doesNotMatch(stdout, /theirs/);
  });

  it("gives each secret of a zone unique names, so that programs for two entities can be joined", async () => {
    const same = { name: "Deploy token" };
    keycard.put({ ...same, entity_id: "ent_b", data: { type: "token", token: "planted-of-b" } });
    keycard.put({ ...same, entity_id: "ent_a", data: { type: "token", token: "planted-of-a" } });
    const adopted = async (entity: string) =>
      (await run("adopt", "--zone", "zone_1", "--entity", entity)).stdout;
    const before = await adopted("ent_b");
    // A secret that is added later, and sorts first, does not change the other names.
    keycard.put({ ...same, entity_id: "ent_0" });
    const [a, b, later] = await Promise.all(["ent_a", "ent_b", "ent_0"].map(adopted));
    assert.equal(b, before);
    const names = [a, b, later].map((text = "") => [
      /new Secret\("([\w-]+)"/.exec(text)?.[1],
      /const (\w+) = new Secret/.exec(text)?.[1],
      /fromEnv\("(\w+)"\)/.exec(text)?.[1],
    ]);
    assert.deepEqual(names, [
      ["deploy-token-2", "deployToken2", "SECRET_DEPLOY_TOKEN_2"],
      ["deploy-token", "deployToken", "SECRET_DEPLOY_TOKEN"],
      ["deploy-token-3", "deployToken3", "SECRET_DEPLOY_TOKEN_3"],
    ]);
  });

  it("adopts the secrets of several entities in one program", async () => {
    for (const entity_id of ["ent_1", "ent_2", "ent_3"]) keycard.put({ name: "token", entity_id });
    const { stdout } = await run("adopt", "--zone", "zone_1", "--entity", "ent_3", "--entity", "ent_1");
    assert.deepEqual(compileErrors(stdout), []);
    const entities = [...stdout.matchAll(/entityId: "(\w+)"/g)].map(([, id]) => id);
    assert.deepEqual(entities, ["ent_1", "ent_3"]);
    const none = await run("adopt", "--zone", "zone_1", "--entity", "ent_1", "--entity", "ent_9");
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(none.stderr, /Entity ent_9 of zone zone_1 has no secrets/);
  });

  it("ends with status 1 if something fails, and overwrites nothing", async () => {
    const nothing = await run("adopt", "--zone", "zone_1");
    assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
    assert.match(nothing.stderr, /Zone zone_1 has no secrets/);
    keycard.put({});
    const taken = await run("adopt", "--zone", "zone_1", "--out", "package.json");
    assert.equal(taken.code, 1);
    assert.match(
      taken.stderr,
      /Could not write package.json: the file exists already\. Choose another name, such as adopted\.ts, and add `import "\.\/adopted"` to your program/,
    );
    assert.match(await readFile(join(project.folder, "package.json"), "utf8"), /"token-secret"/);
    keycard.switches.list = "forbidden";
    const refused = await run("adopt", "--zone", "zone_1");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /GET \/zones\/zone_1\/secrets answered 403/);
  });

  it("times out if a proxy never answers, and names the setting to raise", async () => {
    const silent = await startRawServer();
    const env = {
      PATH: process.env["PATH"],
      KEYCARD_ACCESS_TOKEN: "t",
      KEYCARD_TOTAL_TIMEOUT_SECONDS: "1",
      HTTPS_PROXY: `http://127.0.0.1:${silent.port}`,
    };
    const begun = Date.now();
    const stderr = await new Promise<string>((resolve) => {
      const args = [join(ROOT, "dist/command-line.js"), "adopt", "--zone", "zone_1"];
      execFile(process.execPath, args, { env }, (_error, _stdout, text) => resolve(text));
    });
    // An open handle would keep the process alive.
    assert.ok(Date.now() - begun < 6_000);
    assert.match(
      stderr,
      /^Could not list .* to open a tunnel to api\.keycard\.ai \(the default endpoint\) .* raise KEYCARD_TOTAL_TIMEOUT_SECONDS\.\n$/,
    );
    await silent.close();
  });

  it("ends quietly if its output is closed early", async () => {
    for (let count = 0; count < 1_000; count++) keycard.put({ name: `secret ${count}` });
    const { url, accessToken } = keycard;
    const env = { PATH: process.env["PATH"], KEYCARD_ENDPOINT: url, KEYCARD_ACCESS_TOKEN: accessToken };
    const command = `"${process.execPath}" "${join(ROOT, "dist/command-line.js")}" adopt --zone zone_1 | head -1`;
    const [stdout, stderr] = await new Promise<string[]>((resolve) =>
      execFile("sh", ["-c", command], { env }, (_error, ...output) => resolve(output)),
    );
    assert.match(stdout ?? "", /^\/\/ .*\n$/);
    assert.match(stderr ?? "", /^(Wrote a program for 1000 secrets\. .*\n)?$/);
  });

  it("ends with status 2 if it is misused, and explains itself with --help", async () => {
    const misused = await run("adopt");
    assert.equal(misused.code, 2);
    assert.match(misused.stderr, /required option '--zone <id>'/);
    assert.equal((await run("adopt", "--zone", "z", "--values", "plain")).code, 2);
    assert.equal((await run("adept")).code, 2);
    const help = await run("adopt", "--help");
    assert.equal(help.code, 0);
    for (const option of ["--zone <id>", "--entity <id>", "--out <file>", "--values <how>"]) {
      assert.ok(help.stdout.includes(option), `${option} is not in\n${help.stdout}`);
    }
  });
});

describe("an option of npx pulumi-keycard", () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, "dist/command-line.js"), ...args],
      {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] },
      },
    );
    return { status, stdout, stderr };
  };

  for (const option of ["--zone", "--entity", "--out"]) {
    it(`rejects an empty ${option}, as from an unset variable of a shell`, () => {
      for (const empty of ["", "  "]) {
        const { status, stderr } = run("adopt", "--zone", "zone_1", option, empty);
        assert.equal(status, 2);
        assert.match(stderr, new RegExp(`option '${option} .*invalid`));
      }
    });
  }

  for (const option of ["--zone", "--out"]) {
    it(`rejects a second ${option}`, () => {
      const { status, stderr } = run("adopt", "--zone", "zone_1", option, "a", option, "b");
      assert.equal(status, 2);
      assert.match(stderr, /It can be given only once/);
    });
  }

  for (const [typed, found] of [
    [["--zon", "z"], /unknown option '--zon'\n\(Did you mean --zone\?\)/],
    [["--zone", "z", "--ouput", "f"], /unknown option '--ouput'/],
    [["--zone=z", "extra"], /too many arguments/],
    [["--out", "f"], /required option '--zone <id>' not specified/],
    [[], /required option '--zone <id>' not specified/],
  ] as const) {
    it(`reports what is wrong with \`adopt ${typed.join(" ")}\``, () => {
      const { status, stderr } = run("adopt", ...typed);
      assert.equal(status, 2);
      assert.match(stderr, found);
      assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
    });
  }

  it("prints the version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.deepEqual(run("--version"), { status: 0, stdout: `${version}\n`, stderr: "" });
  });
});
