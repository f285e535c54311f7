#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 with @grpc/grpc-js 1.14.7, seen in December 2026: with `http_proxy` in small letters, a program in
# Node.js connects to the engine at 127.0.0.1 through the proxy, which rarely can reach it. NO_PROXY in capitals does not
# help, nor does `*`, nor an address after a comma and a space. Of `no_proxy=127.0.0.1`, `127.0.0.0/8` or `.0.1` each does.
# Proxies that Go and axios leave alone for loopback addresses thus stop `pulumi preview`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 @grpc/grpc-js@1.14.7 >/dev/null
for name in http_proxy https_proxy grpc_proxy no_proxy no_grpc_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do unset "$name"; done
cat >main.js <<'JS'
const { createServer } = require("node:http");
const grpc = require("@grpc/grpc-js");
const { ResourceMonitorClient } = require("@pulumi/pulumi/proto/resource_grpc_pb");
const { SupportsFeatureRequest, SupportsFeatureResponse } = require("@pulumi/pulumi/proto/resource_pb");
const { grpcClientOptions } = require("@pulumi/pulumi/runtime/settings");

async function main() {
  const engine = new grpc.Server();
  engine.addService({ supportsFeature: ResourceMonitorClient.service.supportsFeature }, {
    supportsFeature: (_, done) => done(null, new SupportsFeatureResponse()),
  });
  const port = await new Promise((resolve, reject) =>
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  let proxied = false;
  const proxy = createServer();
  proxy.on("connect", (_, socket) => ((proxied = true), socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")));
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${proxy.address().port}`;

  const tries = [{ HTTP_PROXY: address }, { http_proxy: address }];
  for (const list of ["127.0.0.1", "*", "localhost, 127.0.0.1", "127.0.0.0/8", ".0.1"]) tries.push({ http_proxy: address, no_proxy: list });
  tries.push({ http_proxy: address, NO_PROXY: "127.0.0.1" });
  for (const variables of tries) {
    Object.assign(process.env, variables);
    proxied = false;
    const client = new ResourceMonitorClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), grpcClientOptions);
    const failed = await new Promise((resolve) => client.supportsFeature(new SupportsFeatureRequest(), (error) => resolve(error !== null)));
    client.close();
    const shown = Object.entries(variables).map(([name, value]) => (value === address ? name : `${name}=${value}`));
    console.log(`${shown.join(" ")}: ${proxied ? "proxy" : "direct"}, ${failed ? "fails" : "works"}`);
    for (const name of Object.keys(variables)) delete process.env[name];
  }
  process.exit();
}

main();
JS
node main.js >seen 2>/dev/null
cat seen
diff seen - <<'SEEN'
HTTP_PROXY: direct, works
http_proxy: proxy, fails
http_proxy no_proxy=127.0.0.1: direct, works
http_proxy no_proxy=*: proxy, fails
http_proxy no_proxy=localhost, 127.0.0.1: proxy, fails
http_proxy no_proxy=127.0.0.0/8: direct, works
http_proxy no_proxy=.0.1: direct, works
http_proxy NO_PROXY=127.0.0.1: proxy, fails
SEEN
