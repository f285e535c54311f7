import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { processIds } from "./support/processes";

const ROOT = resolve(__dirname, "../..");

/** A test run whose `pulumi up` waits for an answer. */
const RUN = `
  const { inRunFolder } = require("./test/support/run-folder");
  const { startKeycard } = require("./test/emulator");
  const { openWorkspace } = require("./test/lifecycle/support/open-workspace");
  void inRunFolder(async () => {
    const keycard = await startKeycard();
    keycard.faults.add({ method: "POST", kind: { delayMs: 600_000 } });
    const stack = await openWorkspace({
      folder: "examples/token-secret",
      config: { "keycard:zoneId": "zone_1", "token-secret:entityId": "ent_1", "token-secret:githubToken": { secret: "t" } },
      env: { KEYCARD_ENDPOINT: keycard.url, KEYCARD_ACCESS_TOKEN: keycard.accessToken },
    });
    void stack.up();
    while (keycard.requests.length === 0) await new Promise((done) => setTimeout(done, 50));
    console.log("waiting");
  });
`;

describe("a run of tests that is interrupted", () => {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`a run of tests that gets ${signal} leaves no process and no file behind`, async () => {
      const above = mkdtempSync(join(tmpdir(), "pulumi-keycard-interrupted-"));
      const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", RUN], {
        cwd: ROOT,
        env: { ...process.env, TMPDIR: above },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        await once(child.stdout, "data");
        assert.ok(processIds(above, "pulumi").length > 0, "nothing was under way");
        child.kill(signal);
        assert.deepEqual(await once(child, "exit"), [status, null]);
        assert.deepEqual(processIds(above, ""), []);
        assert.deepEqual(
          existsSync(above) ? readdirSync(above).filter((name) => name.startsWith("pulumi")) : [],
          [],
        );
      } finally {
        child.kill("SIGKILL");
        rmSync(above, { recursive: true, force: true });
      }
    });
  }
});
