import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard, type PlantedSecret } from "../emulator";
import { compileErrors } from "../support/compile";
import { startRawServer } from "../support/raw-server";
import { openWorkspace } from "./support/open-workspace";

const ROOT = resolve(__dirname, "../..");
const PASSWORD = { type: "password", username: "planted-app", password: "planted-password" } as const;

/** Names and texts that would break out of a program that does not escape them. */
const ODD: PlantedSecret[] = [
  {
    name: "GitHub token",
    description: "For `releases` ${x} \u2028 \u202e",
    metadata: { "a b": [1, { __: null }] },
  },
  { name: "GitHub token" },
  { name: "github-token-2" },
  { name: "class" },
  { name: "config", data: PASSWORD },
  { name: '"; process.exit(1); // */', entity_id: "ent_\n2" },
  { name: "日本語", metadata: JSON.parse('{"__proto__": {"x": "\\n"}}') as Record<string, unknown> },
  { name: "1password" },
  { name: "a-1" },
  { name: "a1" },
];

interface Run {
  stdout: string;
  stderr: string;
  code: number;
}

describe("npx pulumi-keycard adopt", () => {
  let keycard: Keycard;
  let folder: string;

  beforeEach(async () => {
    keycard = await startKeycard({ ids: "sequential" });
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-adopt-"));
    for (const file of ["Pulumi.yaml", "package.json", "tsconfig.json"]) {
      await cp(join(ROOT, "examples/token-secret", file), join(folder, file));
    }
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  });
  afterEach(async () => {
    await keycard.close();
    await rm(folder, { recursive: true });
  });

  function run(...args: string[]): Promise<Run> {
    const { url, clientId, clientSecret } = keycard;
    const env = {
      PATH: process.env["PATH"],
      KEYCARD_ENDPOINT: url,
      KEYCARD_CLIENT_ID: clientId,
      KEYCARD_CLIENT_SECRET: clientSecret,
    };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [join(ROOT, "dist/command-line.js"), ...args],
        { cwd: folder, env },
        (_, stdout, stderr) => resolve({ stdout, stderr, code: child.exitCode ?? -1 }),
      );
    });
  }

  it("writes a program whose first `up` changes nothing", async () => {
    keycard.put({ zone_id: "zone_9", name: "not of this zone" });
    for (const secret of ODD) keycard.put(secret);
    assert.equal((await run("adopt", "--zone", "zone_1", "--out", "index.ts")).code, 0);
    const text = await readFile(join(folder, "index.ts"), "utf8");
    assert.doesNotMatch(text, /token-of-|planted-|[\u2028\u202e]/);
    assert.deepEqual(compileErrors(text), []);
    assert.deepEqual(
      keycard.calls().map(({ method }) => method),
      ["GET"],
    );

    const values = valuesOf(text, keycard);
    const { url, clientId, clientSecret } = keycard;
    const access = {
      KEYCARD_ENDPOINT: url,
      KEYCARD_CLIENT_ID: clientId,
      KEYCARD_CLIENT_SECRET: clientSecret,
    };
    const stack = await openWorkspace({ folder, config: values.config, env: { ...values.env, ...access } });
    try {
      keycard.clearLog();
      const { changes, outputs } = await stack.up();
      assert.deepEqual(changes, { create: ODD.length + 1 });
      assert.deepEqual([...new Set(keycard.calls().map(({ method }) => method))], ["GET"]);
      assert.equal(keycard.calls().length, ODD.length);
      assert.deepEqual(new Set(Object.values(outputs["versions"] as object)), new Set([1]));
      assert.ok(!(await stack.storedText()).includes("planted-"));
    } finally {
      await stack.close();
    }
  });

  it("writes a program that imports the secrets through the plugin", async () => {
    for (const secret of ODD) keycard.put(secret);
    const { stdout, code } = await run("adopt", "--zone", "zone_1", "--native");
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /token-of-|planted-|adoptId/);
    assert.match(stdout, /from "pulumi-keycard\/native";/);
    assert.equal([...stdout.matchAll(/\{ import: "zone_1\/sec_\d+" \}\);/g)].length, ODD.length);
    assert.deepEqual(compileErrors(stdout), []);
  });

  it("writes to stdout what concerns one entity", async () => {
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

  it("gives each secret of a zone names of its own, so that programs for two entities can be joined", async () => {
    const same = { name: "Deploy token" };
    keycard.put({ ...same, entity_id: "ent_b", data: { type: "token", token: "planted-of-b" } });
    keycard.put({ ...same, entity_id: "ent_a", data: { type: "token", token: "planted-of-a" } });
    const adopted = async (entity: string) =>
      (await run("adopt", "--zone", "zone_1", "--entity", entity)).stdout;
    const before = await adopted("ent_b");
    // A secret that comes later, and would be sorted before, takes no name away.
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
    assert.match(none.stderr, /Entity ent_9 of zone zone_1 holds no secrets/);
  });

  it("ends with 1 when something failed, and overwrites nothing", async () => {
    const nothing = await run("adopt", "--zone", "zone_1");
    assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
    assert.match(nothing.stderr, /Zone zone_1 holds no secrets/);
    keycard.put({});
    const taken = await run("adopt", "--zone", "zone_1", "--out", "package.json");
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /Could not write package.json: it exists already/);
    assert.match(await readFile(join(folder, "package.json"), "utf8"), /"token-secret"/);
    keycard.switches.list = "forbidden";
    const refused = await run("adopt", "--zone", "zone_1");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /GET \/zones\/zone_1\/secrets answered 403/);
  });

  it("ends in time if a proxy never answers, and names what to raise", async () => {
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
    // Whatever it had left open would keep it alive.
    assert.ok(Date.now() - begun < 6_000);
    assert.match(
      stderr,
      /^Could not list .* to open a tunnel to api\.keycard\.ai \(the default endpoint\) .* raise KEYCARD_TOTAL_TIMEOUT_SECONDS\.\n$/,
    );
    await silent.close();
  });

  it("ends without a word of its own when nobody reads the program to its end", async () => {
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

  it("ends with 2 when it is misused, and explains itself with --help", async () => {
    const misused = await run("adopt");
    assert.equal(misused.code, 2);
    assert.match(misused.stderr, /required option '--zone <id>'/);
    assert.equal((await run("adopt", "--zone", "z", "--values", "plain")).code, 2);
    assert.equal((await run("adept")).code, 2);
    const help = await run("adopt", "--help");
    assert.equal(help.code, 0);
    for (const option of ["--zone <id>", "--entity <id>", "--out <file>", "--values <where>"]) {
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
    it(`is refused as ${option} if it is empty, as an unset variable of a shell is`, () => {
      for (const empty of ["", "  "]) {
        const { status, stderr } = run("adopt", "--zone", "zone_1", option, empty);
        assert.equal(status, 2);
        assert.match(stderr, new RegExp(`option '${option} .*invalid`));
      }
    });
  }

  for (const option of ["--zone", "--out"]) {
    it(`is refused as ${option} if it is given twice`, () => {
      const { status, stderr } = run("adopt", "--zone", "zone_1", option, "a", option, "b");
      assert.equal(status, 2);
      assert.match(stderr, /Give it once/);
    });
  }

  it("tells the version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.deepEqual(run("--version"), { status: 0, stdout: `${version}\n`, stderr: "" });
  });
});

/** What the program's first lines ask for, with what Keycard holds: in the environment and in the configuration. */
function valuesOf(text: string, keycard: Keycard) {
  const secrets = new Map(keycard.secrets().map(({ id, data }) => [id, data]));
  const config: Record<string, { secret: string }> = {};
  const env: Record<string, string> = {};
  for (const block of text.split("\nconst ").filter((block) => block.includes("adoptId: "))) {
    const data = secrets.get(/adoptId: "(\w+)"/.exec(block)?.[1] ?? "");
    assert.ok(data);
    const [, variable = ""] = /fromEnv\("(\w+)"\)/.exec(block) ?? [];
    assert.ok(text.includes(`//   export ${variable}=`));
    env[variable] = data.type === "token" ? data.token : data.password;
    const [, key] = /requireSecret\("(\w+)"\)/.exec(block) ?? [];
    assert.equal(key !== undefined, data.type === "password");
    if (key === undefined || data.type !== "password") continue;
    assert.ok(text.includes(`//   pulumi config set --secret ${key}\n`));
    config[`token-secret:${key}`] = { secret: data.username };
  }
  return { config, env };
}
