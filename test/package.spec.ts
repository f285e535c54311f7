import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(__dirname, "..");
const manifest = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
  name: string;
  version: string;
  main: string;
  types: string;
  exports: Record<string, string | Record<string, string>>;
};

/** Runs JavaScript in its own process, without hooks, and returns what it prints as JSON. */
async function evaluate<T>(script: string): Promise<T> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "NODE_OPTIONS"));
  const { stdout } = await run(process.execPath, ["-e", script], { cwd: root, env });
  return JSON.parse(stdout) as T;
}

/** The files that a script loads, relative to the repository, and the script's result. */
async function loadedBy(script: string): Promise<{ files: string[]; result: unknown }> {
  const { loaded, result } = await evaluate<{ loaded: string[]; result: unknown }>(`(async () => {
    const result = await (async () => { ${script} })();
    console.log(JSON.stringify({ loaded: Object.keys(require.cache), result }));
  })()`);
  return { files: loaded.map((file) => relative(root, file)), result };
}

/** The loaded files of the build. */
const builtOf = (files: string[]) => files.filter((file) => file.startsWith("dist/")).sort();
const packagesOf = (files: string[]) => [
  ...new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [])),
];
/** What no program needs: the client, and the checks of arguments. */
const heavyOf = (files: string[]) => packagesOf(files).filter((name) => ["axios", "zod"].includes(name));

describe("the package", function () {
  this.timeout(30_000);

  it("contains only the build and the documents", async () => {
    const pack = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = await run("npm", pack, { cwd: root });
    const [packed] = JSON.parse(stdout) as { name: string; version: string; files: { path: string }[] }[];
    assert.deepEqual([packed?.name, packed?.version], [manifest.name, manifest.version]);
    const paths = packed?.files.map(({ path }) => path) ?? [];
    const allowed =
      /^(dist\/.+\.(js|js\.map|d\.ts)|plugin\/[\w-]+(\.(js|json|cmd))?|docs\/.+\.(md|svg)|package\.json|LICENSE|[A-Z]+\.md|examples\/README\.md)$/;
    assert.deepEqual(
      paths.filter((path) => !allowed.test(path)),
      [],
    );
    const needed = [
      "package.json",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/network.js",
      "plugin/schema.json",
    ];
    const documents = ["docs/README.md", "docs/reference/secret.md", "examples/README.md"];
    for (const path of [...needed, ...documents]) {
      assert.ok(paths.includes(path), `${path} is not packed`);
    }
  });

  it("exports files that the build has made", () => {
    const entries = Object.values(manifest.exports);
    const files = entries.flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)));
    assert.deepEqual(
      [manifest.main, manifest.types, ...files].filter((file) => !existsSync(resolve(root, file))),
      [],
    );
    assert.deepEqual(Object.keys(manifest.exports), [".", "./native", "./provider", "./package.json"]);
  });

  it("exports the resource, and loads no client there", async () => {
    const { files, result } = await loadedBy('return Object.keys(require("pulumi-keycard"))');
    assert.ok((result as string[]).includes("Secret"));
    assert.deepEqual(builtOf(files), ["dist/index.js"]);
    assert.deepEqual(heavyOf(files), []);
  });

  it("exports the plugin's resource and provider, and loads no client there", async () => {
    const { files, result } = await loadedBy('return Object.keys(require("pulumi-keycard/native"))');
    for (const name of ["Secret", "Provider", "getSecret", "listSecretsOutput", "fromEnv"]) {
      assert.ok((result as string[]).includes(name), name);
    }
    assert.deepEqual(builtOf(files), ["dist/native.js"]);
    assert.deepEqual(heavyOf(files), []);
  });

  it("loads no client in a preview", async () => {
    const args = { zoneId: "z", entityId: "e", name: "n", data: { type: "token", token: "t" } };
    const { files, result } = await loadedBy(`
      const { provider } = require("pulumi-keycard/provider");
      await provider.configure({ config: { get: () => undefined } });
      const told = { __registration: "preview urn:pulumi:s::p::t::n" };
      const { inputs } = await provider.check({}, { ...${JSON.stringify(args)}, ...told });
      return [inputs, await provider.diff("sec_1", inputs, { ...inputs, name: "other" })];
    `);
    // The engine stores a value with this mark as a secret.
    const data = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: args.data };
    assert.deepEqual(result, [{ ...args, data }, { replaces: [] }]);
    assert.deepEqual(builtOf(files), ["dist/secret-provider.js"]);
    assert.deepEqual(packagesOf(files), []);
  });

  it("loads no client in a preview through the plugin", async () => {
    const { files, inputs } = await evaluate<{
      files: string[];
      inputs: Record<string, unknown>;
    }>(`(async () => {
      const write = process.stdout.write;
      const port = await new Promise((done) => {
        process.stdout.write = done;
        require("./plugin/server.js");
      });
      process.stdout.write = write;
      const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
      const { CheckRequest, CreateRequest } = require("@pulumi/pulumi/proto/provider_pb");
      const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
      const insecure = require("@grpc/grpc-js").credentials.createInsecure();
      const client = new ResourceProviderClient("127.0.0.1:" + port.trim(), insecure);
      const call = (method, request) => new Promise((done, fail) =>
        client[method](request, (error, answer) => error ? fail(error) : done(answer)));
      const args = { zoneId: "z", entityId: "e", data: { type: "token", token: "t" } };
      const news = Struct.fromJavaScript(args);
      const urn = "urn:pulumi:test::test::keycard-secrets:index:Secret::a";
      const checked = (await call("check", new CheckRequest().setUrn(urn).setNews(news))).getInputs();
      const create = new CreateRequest().setUrn(urn).setProperties(checked).setPreview(true);
      const inputs = (await call("create", create)).getProperties().toJavaScript();
      const answer = JSON.stringify({ files: Object.keys(require.cache), inputs });
      process.stdout.write(answer, () => process.exit());
    })()`);
    assert.deepEqual([inputs["name"], inputs["entityId"]], ["a", "e"]);
    const own = files.map((file) => relative(root, file)).filter((file) => file.startsWith("plugin/"));
    assert.deepEqual(own, ["plugin/server.js"]);
  });

  it("sends its version with the first call, which loads the client", async () => {
    const { files, result } = await loadedBy(`
      const agents = [];
      const server = require("node:http").createServer(({ headers }, response) => {
        agents.push(headers["user-agent"]);
        response.writeHead(204, { connection: "close" }).end();
      });
      await new Promise((done) => server.listen(0, "127.0.0.1", done));
      const endpoint = "http://127.0.0.1:" + server.address().port;
      const values = { "keycard:endpoint": endpoint, "keycard:accessToken": "a-token" };
      const { provider } = require("pulumi-keycard/provider");
      provider.configure({ config: { get: (key) => values[key] } });
      await provider.delete("sec_1", { zoneId: "z" });
      server.close();
      return agents;
    `);
    assert.deepEqual(result, [`${manifest.name}/${manifest.version}`]);
    assert.deepEqual(builtOf(files), ["dist/network.js", "dist/secret-provider.js"]);
    assert.deepEqual(packagesOf(files), []);
  });
});
