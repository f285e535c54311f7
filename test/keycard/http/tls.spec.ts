import assert from "node:assert/strict";
import dns from "node:dns";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import sinon from "sinon";
import { startRawServer } from "../../support/raw-server";
import { HOST, startSelfSigned, startTunnelProxy, type TunnelProxy } from "../../support/secure-network";
import { CREATE, errorOf, exchangeWith, timeOf } from "../support";

describe("a request over TLS", () => {
  let service: Server;
  let proxy: TunnelProxy;
  /** What the service does with a request. */
  let serve: (request: IncomingMessage, response: ServerResponse) => void;
  before(async () => {
    service = await startSelfSigned((request, response) => serve(request, response));
  });
  beforeEach(async () => {
    proxy = await startTunnelProxy("");
    proxy.target = portOf(service);
  });
  afterEach(() => {
    sinon.restore();
    proxy.close();
  });
  after(() => (service.close(), service.closeAllConnections()));

  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  /** An exchange that accepts any certificate. */
  function open(endpoint: string, proxyUrl?: string) {
    const variables = { NODE_TLS_REJECT_UNAUTHORIZED: "0", ...(proxyUrl && { HTTPS_PROXY: proxyUrl }) };
    sinon.stub(process, "env").value(variables);
    sinon.stub(process, "emitWarning");
    return exchangeWith(endpoint);
  }

  const ways = {
    directly: () => open(`https://127.0.0.1:${portOf(service)}`),
    "through a proxy": () => open(`https://${HOST}:8443`, `http://127.0.0.1:${proxy.port}`),
  };
  for (const [way, connect] of Object.entries(ways)) {
    it(`a request ${way} is answered`, async () => {
      serve = (_request, response) => response.end('{"id":"s1"}');
      assert.deepEqual((await connect().send(CREATE, timeOf(5_000))).body, { id: "s1" });
    });

    it(`the result of a request ${way} is unknown if the connection is lost after it was sent`, async () => {
      serve = (request) => request.socket.destroy();
      const { keycard } = await errorOf(connect().send(CREATE, timeOf(5_000)));
      assert.match(
        keycard.event,
        /^got no answer from \S+ \(the endpoint in KEYCARD_ENDPOINT\): ECONNRESET$/,
      );
      assert.equal(keycard.outcome, "unknown");
    });

    it(`the result of a request ${way} is unknown if it times out waiting for the answer`, async () => {
      serve = () => undefined;
      const { keycard } = await errorOf(connect().send(CREATE, timeOf(1_000)));
      assert.match(keycard.event, /^timed out after 1 s while waiting for an answer from /);
      assert.equal(keycard.outcome, "unknown");
    });
  }

  it("the error of a timeout names the DNS lookup as connecting", async () => {
    sinon.stub(dns, "lookup");
    const { keycard } = await errorOf(exchangeWith("https://keycard.invalid").send(CREATE, timeOf(50)));
    assert.match(keycard.event, /^timed out after 0\.1 s while connecting to keycard\.invalid \(/);
    assert.equal(keycard.outcome, "unreached");
  });

  it("the error of a timeout names the TLS handshake", async () => {
    const silent = await startRawServer();
    const { keycard } = await errorOf(open(`https://127.0.0.1:${silent.port}`).send(CREATE, timeOf(500)));
    assert.match(keycard.event, /^timed out after 0\.5 s during the TLS handshake with 127\.0\.0\.1:/);
    assert.equal(keycard.outcome, "unreached");
    await silent.close();
  });

  it("the error of a timeout names the connection to a proxy that never completes the TLS handshake", async () => {
    const silent = await startRawServer();
    const exchange = open(`https://${HOST}:8443`, `https://127.0.0.1:${silent.port}`);
    const { keycard } = await errorOf(exchange.send(CREATE, timeOf(500)));
    assert.match(keycard.event, /^timed out after 0\.5 s while connecting to the proxy 127\.0\.0\.1:/);
    assert.equal(keycard.outcome, "unreached");
    await silent.close();
  });

  it("a proxy is asked for an IPv6 address in brackets", async () => {
    serve = (_request, response) => response.end("{}");
    await open("https://[2001:db8::1]:8443", `http://127.0.0.1:${proxy.port}`).send(CREATE, timeOf(5_000));
    assert.deepEqual(proxy.tunnels, ["[2001:db8::1]:8443"]);
  });

  it("an answer of the proxy with the status 300 opens no tunnel", async () => {
    proxy.refuses = 300;
    const { keycard } = await errorOf(ways["through a proxy"]().send(CREATE, timeOf(5_000)));
    assert.match(keycard.event, /the proxy 127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) answered 300$/);
  });
});
