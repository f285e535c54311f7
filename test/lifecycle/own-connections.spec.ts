import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";

import { SupportsFeatureRequest } from "@pulumi/pulumi/proto/resource_pb";
import { disconnectSync, getMonitor, resetOptions } from "@pulumi/pulumi/runtime/settings";

import { freePort } from "./support/free-port";
import { useOwnConnections } from "./support/own-connections";

const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;

describe("an engine that is given the port of one that is gone", () => {
  const server = createServer();
  let port: number;

  before(async () => {
    useOwnConnections();
    server.on("stream", (stream) => {
      const headers = { ":status": 200, "content-type": "application/grpc", "grpc-status": UNIMPLEMENTED };
      stream.respond(headers, { endStream: true });
    });
    port = await freePort();
  });
  after(() => {
    disconnectSync();
    resetOptions("", "", -1, "", "", false, "");
    server.close();
  });

  it("a new engine with the port of an old one is reached by the next program", async () => {
    assert.equal(await askEngineAt(port), UNAVAILABLE);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    assert.equal(await askEngineAt(port), UNIMPLEMENTED);
  });
});

/** Sends the request that the SDK sends at the start of an inline program. */
function askEngineAt(port: number): Promise<number | undefined> {
  resetOptions("", "", -1, "", `127.0.0.1:${port}`, false, "");
  return new Promise((resolve) =>
    getMonitor()?.supportsFeature(new SupportsFeatureRequest(), (error) => resolve(error?.code)),
  );
}
