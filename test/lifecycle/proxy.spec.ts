import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";
import {
  HOST,
  startSecureEndpoint,
  startTunnelProxy,
  type SecureEndpoint,
  type TunnelProxy,
} from "../support/secure-network";
import { closeAll } from "../support/close-all";

const PASSWORD = "planted-proxy-password";

describe("behind a proxy and with a private authority", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("proxied") };
  let folder: string;
  let endpoint: SecureEndpoint;
  let proxy: TunnelProxy;
  let opened: Scene | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-authority-"));
    endpoint = await startSecureEndpoint();
    await writeFile(join(folder, "authority.pem"), endpoint.authority);
  });
  beforeEach(async () => (proxy = await startTunnelProxy(`engineer:${PASSWORD}`)));
  afterEach(async () => {
    await closeAll(opened, proxy);
    opened = undefined;
  });
  after(async () => {
    endpoint.close();
    await rm(folder, { recursive: true });
  });

  async function open(env: Record<string, string>): Promise<Scene> {
    const scene = await openScene({
      env: { NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"), ...env },
      config: { "keycard-secrets:totalTimeoutSeconds": "5" },
    });
    opened = scene;
    endpoint.target = scene.keycard.url;
    return scene;
  }

  const proxyUrl = (password: string) => `http://engineer:${password}@127.0.0.1:${proxy.port}`;

  it("everything goes through one kept tunnel, and the log shows each request", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://${HOST}:${endpoint.port}`,
      HTTPS_PROXY: proxyUrl(PASSWORD),
      KEYCARD_LOG: "debug",
    });
    scene.declare({ a: args });
    scene.keycard.faults.add({ method: "POST", kind: { status: 429, headers: { "retry-after": "0" } } });
    const { diagnostics } = await scene.stack.up();
    assert.deepEqual(proxy.tunnels, [`${HOST}:${endpoint.port}`]);
    assert.equal(scene.keycard.secrets().length, 1);

    const lines = diagnostics.join("\n").match(/^keycard: .*$/gm) ?? [];
    const uuid = "[0-9a-f-]{36}";
    const expected = [
      `POST /service-account-token 200 \\d+ ms request ${uuid} attempt 1`,
      `GET /zones/zone_1/secrets 200 \\d+ ms request ${uuid} attempt 1`,
      `POST /zones/zone_1/secrets 429 \\d+ ms request (${uuid}) attempt 1`,
      `POST /zones/zone_1/secrets 201 \\d+ ms request (${uuid}) attempt 2`,
    ];
    assert.match(lines.join("\n"), new RegExp(`^${expected.map((line) => `keycard: ${line}`).join("\n")}$`));
    const token = scene.keycard.requests[0]?.headers.authorization?.split(" ")[1] ?? "";
    assert.ok(token.length > 20 && !scene.stack.allText().includes(token), "the log shows the token");
  });

  it("requests to hosts in NO_PROXY go directly to the endpoint", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://localhost:${endpoint.port}`,
      HTTPS_PROXY: proxyUrl(PASSWORD),
      NO_PROXY: "localhost",
    });
    scene.declare({ a: args });
    await scene.stack.up();
    assert.deepEqual(proxy.tunnels, []);
  });

  it("the error names a proxy that never answers, and no result is unknown", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://${HOST}:${endpoint.port}`,
      HTTPS_PROXY: proxyUrl(PASSWORD),
      KEYCARD_ATTEMPT_TIMEOUT_SECONDS: "1",
      KEYCARD_CLIENT_ID: "",
      KEYCARD_CLIENT_SECRET: "",
      KEYCARD_ACCESS_TOKEN: "emulator-access-token",
    });
    scene.declare({ a: args, b: { ...args, entityId: "ent_2" } });
    proxy.refuses = "silently";
    const begun = Date.now();
    const { error } = await scene.stack.upFails();
    assert.ok(Date.now() - begun < 30_000);
    assert.match(
      error,
      new RegExp(
        `POST /zones/zone_1/secrets timed out after \\S+ s while waiting for the proxy 127\\.0\\.0\\.1:${proxy.port} ` +
          `\\(from HTTPS_PROXY\\) to open a tunnel to ${HOST}:${endpoint.port} \\(the endpoint in KEYCARD_ENDPOINT\\)` +
          `.* raise (KEYCARD_ATTEMPT_TIMEOUT_SECONDS|keycard-secrets:totalTimeoutSeconds)\\.`,
      ),
    );
    proxy.refuses = undefined;
    await scene.stack.up();
    // If the lost requests counted as sent, the provider would search for what they created.
    assert.deepEqual(
      scene.keycard
        .calls()
        .map(({ method }) => method)
        .sort(),
      ["GET", "GET", "POST", "POST"],
    );
  });

  it("a proxy that refuses is told apart from Keycard, and a refresh loses nothing", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://${HOST}:${endpoint.port}`,
      HTTPS_PROXY: proxyUrl(PASSWORD),
    });
    scene.declare({ a: args });
    await scene.stack.up();
    const id = await scene.idOf("a");
    proxy.refuses = 404;
    const { error } = await scene.stack.refreshFails();
    assert.match(error, /the proxy \S+ \(from HTTPS_PROXY\) answered 404 .*Check that the proxy allows/);
    assert.equal(await scene.idOf("a"), id);
  });

  it("a proxy that rejects its credentials is told apart from Keycard", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://${HOST}:${endpoint.port}`,
      HTTPS_PROXY: proxyUrl("planted-wrong"),
      KEYCARD_LOG: "debug",
    });
    scene.declare({ a: args });
    const { error } = await scene.stack.upFails();
    assert.match(error, /answered 407.*The proxy rejected the credentials in HTTPS_PROXY\. Correct them/);
    assert.deepEqual(scene.keycard.tokenRequests, []);
  });

  it("a certificate of an untrusted authority fails immediately", async () => {
    const scene = await open({
      KEYCARD_ENDPOINT: `https://localhost:${endpoint.port}`,
      NODE_EXTRA_CA_CERTS: "",
    });
    scene.declare({ a: args });
    const { error } = await scene.stack.upFails();
    assert.match(error, /did not reach localhost:\d+.*: \w*(CERT|VERIFY).*NODE_EXTRA_CA_CERTS/);
  });
});
