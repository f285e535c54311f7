import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startKeycard, type Keycard } from "../emulator";

/** Simulates the process of a provider: creates and updates a generated value, and then writes a snapshot of its memory. */
const PROGRAM = `
const { SecretProvider } = require(process.env.PROVIDER);
const { writeHeapSnapshot } = require("node:v8");
const settings = { endpoint: process.env.ENDPOINT, accessToken: process.env.TOKEN };
const provider = new SecretProvider();
const get = (key) => settings[key.replace("keycard-secrets:", "")];
provider.configure({ config: { get, require: get } });
const args = (length) => ({
  zoneId: "zone_1", entityId: "ent_1", name: "a", data: { type: "token", token: { generated: { length } } },
});
const told = { __registration: "run urn:pulumi:s::p::t::a" };
// The engine passes secrets without their marks.
const plain = (props) => ({ ...props, data: props.data.value });
(async () => {
  const first = plain((await provider.check({}, { ...args(32), ...told })).inputs);
  const created = await provider.create(first);
  const second = plain((await provider.check(first, { ...args(40), ...told })).inputs);
  const updated = await provider.update(created.id, plain(created.outs), second);
  const read = await provider.read(created.id, plain(updated.outs));
  // What is kept has to be found in the same way.
  globalThis.kept = [read, ["planted", "control"].join("-")];
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let i = 0; i < 3; i++) globalThis.gc();
  writeHeapSnapshot(process.env.SNAPSHOT);
  process.exit(0);
})();
`;

describe("the memory of a provider", function () {
  this.timeout(120_000);
  let keycard: Keycard;
  let folder: string;

  before(async () => {
    keycard = await startKeycard({ ids: "sequential" });
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-memory-"));
  });
  after(async () => {
    await keycard.close();
    rmSync(folder, { recursive: true });
  });

  it("no generated value is in memory after the call that sent it", async () => {
    // Values in failed requests have to be gone as well.
    keycard.faults.add({ method: "POST", kind: { status: 429, headers: { "retry-after": "0" } } });
    keycard.faults.add({ method: "PATCH", kind: { drop: "before" } });
    const snapshot = join(folder, "memory.heapsnapshot");
    await promisify(execFile)(process.execPath, ["--expose-gc", "-e", PROGRAM], {
      env: {
        ...process.env,
        NO_PROXY: "127.0.0.1",
        PROVIDER: resolve(__dirname, "../../dist/secret-provider.js"),
        ENDPOINT: keycard.url,
        TOKEN: keycard.accessToken,
        SNAPSHOT: snapshot,
      },
    });
    const sent = keycard.calls().flatMap(({ body }) => {
      const { data } = (body ?? {}) as { data?: { token: string } };
      return data ? [data.token] : [];
    });
    const values = [...new Set(sent)];
    assert.deepEqual(
      values.map(({ length }) => length),
      [32, 40],
    );
    const memory = readFileSync(snapshot, "latin1");
    assert.ok(memory.includes("planted-control"), "the search finds nothing at all");
    for (const value of values) assert.ok(!memory.includes(value), "a generated value is still in memory");
  });
});
