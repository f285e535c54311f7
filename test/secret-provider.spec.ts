import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { provider as sharedProvider } from "../provider/engine/dynamic";

const PROVIDER = resolve(__dirname, "../dist/secret-provider.js");

/** Asks for a value of a command that never ends, and cancels the run when it has begun. */
const CANCELLED = `
  const { channel } = require("node:diagnostics_channel");
  const { provider } = require(process.argv[1]);
  const token = { fromCommand: ["sh", "-c", "echo begun >&2; sleep 600"], timeoutSeconds: 600 };
  const news = { zoneId: "z", entityId: "e", name: "n", data: { type: "token", token } };
  provider.check({}, news).then(({ failures }) => console.log(JSON.stringify(failures)));
  setTimeout(() => {
    const call = (name) => ({ headers: { ":path": "/pulumirpc.ResourceProvider/" + name } });
    const calls = channel("http2.server.stream.start");
    for (const name of ["Check", "Cancel"]) calls.publish(call(name));
  }, 1000);
`;

describe("the provider", () => {
  describe("the provider of the loader text", () => {
    it("the loader text returns one object with all methods of the engine", () => {
      for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"] as const) {
        assert.equal(typeof sharedProvider[method], "function");
      }
    });

    it("a cancelled run ends what is read, if Node.js tells of the call that the SDK answers itself", async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", CANCELLED, PROVIDER], {
        timeout: 30_000,
      });
      assert.equal(stdout, "[]\n");
    }).timeout(40_000);
  });
});
