import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../lifecycle/support/free-port";
import { openScene, token, type Scene } from "../lifecycle/support/scene";
import { startSecureEndpoint } from "../support/secure-network";
import { LOGIN, PROXIES, type RealProxy } from "./proxies";

/** How long the service behind a proxy is away, in milliseconds. */
const OUTAGE_MS = 4_000;

const SECRETS = ["a", "b"];

/**
 * Creates, patches, refreshes and deletes secrets through real proxies, each with an outage behind it. The proxies must be on the
 * PATH, so it is not a part of `npm test`. Build before.
 *
 * @param chosen - the programs to try. Default: all
 */
async function main(chosen: string[]): Promise<void> {
  const counts = { passed: 0, failed: 0, notRun: 0 };
  for (const proxy of PROXIES.filter(({ program }) => chosen.length === 0 || chosen.includes(program))) {
    const { program, kind } = proxy;
    const version = versionOf(program);
    const address = kind === "tunnel" ? ownAddress() : "127.0.0.1";
    if (version === undefined || address === undefined) {
      const why =
        version === undefined ? "it was not found on PATH" : "this machine has no address but its own";
      console.log(`NOT RUN  ${program}: ${why}.`);
      counts.notRun++;
      continue;
    }
    try {
      await tryProxy(proxy, address);
      counts.passed++;
      console.log(`ok       ${program} ${version}, as a ${kind}`);
    } catch (error) {
      counts.failed++;
      console.log(`FAILED   ${program} ${version}: ${(error as Error).message}`);
    }
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

/** The version that a program tells; undefined if it is not on the PATH. */
function versionOf(program: string): string | undefined {
  const { stdout, stderr, error } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return error ? undefined : (/\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? "");
}

/** An address of this machine that is not on the loopback interface, to which no request goes through a proxy. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

async function tryProxy(proxy: RealProxy, address: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-proxies-"));
  chmodSync(folder, 0o755);
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const service = await startService(proxy, address, folder);
    closing.unshift(() => service.close());
    const port = await freePort();
    const child = spawn(proxy.program, proxy.configure({ folder, port, target: service.port }), {
      stdio: "ignore",
    });
    closing.unshift(() => ended(child));
    await listening(port);
    const login = (password: string) => `http://${LOGIN.user}:${password}@127.0.0.1:${port}`;
    const env: Record<string, string> =
      proxy.kind === "gateway"
        ? { KEYCARD_ENDPOINT: `http://127.0.0.1:${port}` }
        : {
            KEYCARD_ENDPOINT: `https://${address}:${service.port}`,
            NODE_EXTRA_CA_CERTS: service.authority,
            HTTPS_PROXY: login(LOGIN.password),
          };
    const scene = await openScene({ env });
    closing.unshift(() => scene.close());
    service.leadTo(scene.keycard.url);
    await useAll(scene, service);
    if (proxy.rejects) {
      scene.stack.setEnv({ HTTPS_PROXY: login("planted-wrong") });
      declare(scene, "again");
      assert.match((await scene.stack.upFails()).error, proxy.rejects);
    }
  } finally {
    for (const close of closing) await close();
  }
}

function declare(scene: Scene, description: string): void {
  const secrets = SECRETS.map((name) => [name, { entityId: "ent_1", description, data: token(name) }]);
  scene.declare(Object.fromEntries(secrets) as Parameters<Scene["declare"]>[0]);
}

/** Creates, patches, refreshes and deletes, each with the service away when it begins. */
async function useAll(scene: Scene, service: Service): Promise<void> {
  const { keycard, stack } = scene;
  const methods = async (run: () => Promise<unknown>) => {
    const before = keycard.calls().length;
    service.goAway();
    await run();
    return keycard
      .calls()
      .slice(before)
      .map(({ method }) => method);
  };
  declare(scene, "before");
  assert.deepEqual(await methods(() => stack.up()), ["POST", "POST"]);
  declare(scene, "after");
  assert.deepEqual(await methods(() => stack.up()), ["PATCH", "PATCH"]);
  assert.deepEqual(
    keycard.secrets().map(({ description }) => description),
    SECRETS.map(() => "after"),
  );
  assert.deepEqual(new Set(await methods(() => stack.refresh())), new Set(["GET"]));
  assert.deepEqual(await methods(() => stack.destroy()), ["DELETE", "DELETE"]);
  assert.deepEqual(keycard.secrets(), []);
}

/** What is behind a proxy, and can go away for a while. */
interface Service {
  port: number;
  /** The file with the authority of its certificate. */
  authority: string;
  leadTo(url: string): void;
  goAway(): void;
  close(): void;
}

async function startService({ kind }: RealProxy, address: string, folder: string): Promise<Service> {
  const authority = join(folder, "authority.pem");
  const secure = kind === "tunnel" ? await startSecureEndpoint(address) : undefined;
  if (secure) writeFileSync(authority, secure.authority);
  let target = 0;
  const sockets = new Set<Socket>();
  const relay = createServer((socket) => {
    const inner = connect(secure?.port ?? target, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const side of [socket, inner]) {
      sockets.add(side);
      side.on("error", () => (socket.destroy(), inner.destroy()));
      side.on("close", () => sockets.delete(side));
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => relay.listen(port, address, resolve));
  const stop = () => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  await listen(0);
  const { port } = relay.address() as AddressInfo;
  let back: NodeJS.Timeout | undefined;
  return {
    port,
    authority,
    leadTo: (url) => {
      target = Number(new URL(url).port);
      if (secure) secure.target = url;
    },
    goAway: () => {
      stop();
      back = setTimeout(() => void listen(port), OUTAGE_MS);
    },
    close: () => {
      clearTimeout(back);
      stop();
      secure?.close();
    },
  };
}

/** Waits until something listens on a port. */
async function listening(port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error("it does not listen");
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await end;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
