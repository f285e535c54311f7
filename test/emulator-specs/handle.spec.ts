import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { redactBody, requestLine, type LoggedRequest } from "../emulator";
import {
  askToken,
  body,
  credentials,
  failure,
  form,
  keycard,
  password,
  SECRETS,
  send,
  start,
  TOKEN,
  useEmulator,
} from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("handle", () => {
    it("logs requests as they were sent", async () => {
      await start();
      const before = Date.now();
      await send("GET", `/zones/z%201/secrets?type=token`, undefined, { "user-agent": "test/1" });
      const { headers, startedAt, ...rest } = keycard.requests[0] ?? assert.fail();
      const expected: Partial<LoggedRequest> = {
        method: "GET",
        path: "/zones/z%201/secrets",
        query: { type: "token" },
        status: 200,
      };
      assert.deepEqual(rest, expected);
      assert.equal(headers["user-agent"], "test/1");
      assert.ok(startedAt >= before && startedAt <= Date.now());
      keycard.clearLog();
      assert.deepEqual(keycard.calls(), []);
    });

    it("tells when a value last changed, even if other fields have changed since", async () => {
      await start();
      const planted = keycard.put({ id: "s", data: { type: "password", username: "a", password: "p" } });
      keycard.edit("s", { name: "x" });
      keycard.edit("s", { data: { type: "password", username: "b", password: "p" } });
      assert.equal(keycard.valueChangedAt("s"), planted.updated_at);
      const rotated = keycard.edit("s", { data: { type: "password", username: "b", password: "q" } });
      keycard.edit("s", { description: "d" });
      assert.equal(keycard.valueChangedAt("s"), rotated.updated_at);
      const other = keycard.edit("s", { data: { type: "token", token: "q" } });
      assert.equal(keycard.valueChangedAt("s"), other.updated_at);
    });

    it("edits and removes secrets without the provider's knowledge", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", description: "d" });
      const edited = keycard.edit("s", { name: "x", description: undefined });
      assert.deepEqual([edited.name, edited.version, "description" in edited], ["x", 2, false]);
      assert.ok(edited.updated_at > planted.updated_at);
      assert.equal(keycard.edit("s", { version: 9 }).version, 9);
      assert.throws(() => keycard.edit("other", {}), /no secret other/);
      assert.deepEqual([keycard.remove("s"), keycard.remove("s")], [true, false]);
      assert.deepEqual(keycard.requests, []);
    });

    it("returns copies of its secrets", async () => {
      await start({ secrets: [{ id: "s", metadata: { a: 1 } }] });
      Object.assign(keycard.secret("s")?.metadata ?? {}, { a: 2 });
      assert.deepEqual(keycard.secrets()[0]?.metadata, { a: 1 });
    });

    it("closes at once despite connections kept alive", async () => {
      await start();
      keycard.faults.add({ kind: { delayMs: 5000 } });
      const hanging = failure(send("GET", SECRETS));
      await fetch(`${keycard.url}/zones`);
      const startedAt = Date.now();
      await keycard.close();
      assert.ok(Date.now() - startedAt < 500);
      assert.match((await hanging) ?? "", /ECONN/);
    });

    it("prints no secrets in its log line", async () => {
      const lines: string[] = [];
      await start({ onAnswered: (request) => lines.push(requestLine(request)) });
      await send("POST", SECRETS, { ...body, data: { ...password, password: "hunter2" } });
      await askToken({ ...form, ...credentials() });
      assert.deepEqual(lines, [
        `POST ${SECRETS} 201 {"name":"n","entity_id":"e1","data":{"type":"password","username":"[redacted]","password":"[redacted]"}}`,
        `POST ${TOKEN} 200 {"grant_type":"client_credentials","client_id":"emulator-client","client_secret":"[redacted]"}`,
      ]);
      assert.deepEqual(redactBody({ data: "hunter2", name: "n" }), { data: "[redacted]", name: "n" });
      assert.equal(redactBody(undefined), undefined);
    });

    it("lists its options and ends with status 2 if it is misused", async () => {
      await start();
      const cli = join(__dirname, "../emulator/cli.ts");
      const run = (...args: string[]) => {
        const command = ["--require", "tsx/cjs", cli, ...args];
        const { status, stderr } = spawnSync(process.execPath, command, {
          encoding: "utf8",
          timeout: 60_000,
        });
        return `${status}: ${stderr}`;
      };
      assert.match(
        run("--switch", "lists=array"),
        /^2: .*no switch "lists". The switches are clearing, metadata, /,
      );
      assert.match(run("--switch", "pageSize=no"), /^2: .*no value "no". Its values are NUMBER/);
      assert.match(run("--switch", "list=no"), /^2: .* Its values are array, items, /);
      assert.match(run("--port", "65536"), /^2: /);
      const { port } = new URL(keycard.url);
      assert.equal(
        run("--port", port),
        `1: Port ${port} of 127.0.0.1 is in use by another process. Give another with --port, or --port 0 for a free one.\n`,
      );
    });

    it("runs as a command until it gets a signal", async () => {
      await start();
      const cli = join(__dirname, "../emulator/cli.ts");
      const args = [
        "--require",
        "tsx/cjs",
        cli,
        "--port",
        "0",
        "--switch",
        "list=missing",
        "--zone",
        "z1",
        "--zone",
        "z2",
        "--entity",
        "e1",
      ];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      while (!output.includes("Ready.")) await once(child.stdout, "data");
      const url = /^export KEYCARD_ENDPOINT=(\S+)$/m.exec(output)?.[1] ?? "";
      assert.match(output, /^export KEYCARD_ZONE_ID=z1$/m);
      assert.equal((await fetch(`${url}${SECRETS}`)).status, 401);
      const send = async (zone: string, entity: string) => {
        const sent = { ...body, entity_id: entity };
        const headers = { authorization: "Bearer emulator-access-token", "content-type": "application/json" };
        const path = `/zones/${zone}/secrets`;
        return (await fetch(url + path, { method: "POST", headers, body: JSON.stringify(sent) })).status;
      };
      assert.deepEqual(
        [await send("z1", "e1"), await send("z2", "e1"), await send("z3", "e1"), await send("z1", "e2")],
        [201, 201, 404, 404],
      );
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
      assert.match(output, /^GET \/zones\/z1\/secrets 401$/m);
    });
  });
});
