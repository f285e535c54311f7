import assert from "node:assert/strict";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import sinon from "sinon";
import type { Exchange } from "../../../provider/keycard/http/request";
import { HOST, startSelfSigned, startTunnelProxy, type TunnelProxy } from "../../support/secure-network";
import { startRawServer } from "../../support/raw-server";
import { assertShowsNone, CREATE, errorOf, exchangeWith, timeOf } from "../support";

const PASSWORD = "planted-proxy-password";

describe("connections through a proxy", () => {
  let service: Server;
  let proxy: TunnelProxy;
  let reached: string[];

  before(async () => {
    service = await startSelfSigned((request, response) => {
      reached.push(`${request.method} ${request.headers.host}${request.url}`);
      assert.equal(request.headers["proxy-authorization"], undefined);
      response.end("{}");
    });
  });
  beforeEach(async () => {
    reached = [];
    proxy = await startTunnelProxy(`engineer:${PASSWORD}`);
    proxy.target = (service.address() as AddressInfo).port;
  });
  afterEach(() => {
    sinon.restore();
    proxy.close();
  });
  after(() => (service.close(), service.closeAllConnections()));

  /** Connects to the service through the proxy. No system trusts the certificate. */
  function throughProxy(url = `http://engineer:${PASSWORD}@127.0.0.1:${proxy.port}`): Exchange {
    const env = { HTTPS_PROXY: url, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    sinon.stub(process, "env").value(env);
    sinon.stub(process, "emitWarning");
    return exchangeWith(`https://${HOST}:8443`);
  }

  it("one tunnel serves many requests", async () => {
    const exchange = throughProxy();
    for (let count = 0; count < 3; count++) await exchange.send(CREATE, timeOf(5_000));
    assert.deepEqual(proxy.tunnels, [`${HOST}:8443`]);
    assert.deepEqual(reached, Array(3).fill(`POST ${HOST}:8443/zones/z1/secrets`));
  });

  it("a request times out if the proxy never answers, and has certainly done nothing", async () => {
    proxy.refuses = "silently";
    const error = await errorOf(throughProxy().send(CREATE, timeOf(300)));
    assert.equal(error.keycard.outcome, "unreached");
    assert.equal(
      error.keycard.event,
      `timed out after 0.3 s while waiting for the proxy 127.0.0.1:${proxy.port} (from HTTPS_PROXY) to open a tunnel ` +
        `to ${HOST}:8443 (the endpoint in KEYCARD_ENDPOINT)`,
    );
    assert.match(error.message, /Check that the proxy allows .*, or raise the time limit of an attempt\.$/);
    assertShowsNone(error, [PASSWORD]);
  });

  it("no connection stays open after a proxy that never answered", async () => {
    const silent = await startRawServer();
    const exchange = throughProxy(`http://127.0.0.1:${silent.port}`);
    await Promise.all(Array.from({ length: 8 }, () => errorOf(exchange.send(CREATE, timeOf(300)))));
    assert.equal(silent.accepted(), 8);
    await silent.allClosed();
    await silent.close();
  });

  it("requests work again after a proxy that never answered", async () => {
    const exchange = throughProxy();
    proxy.refuses = "silently";
    await Promise.all(Array.from({ length: 8 }, () => errorOf(exchange.send(CREATE, timeOf(300)))));
    proxy.refuses = undefined;
    await Promise.all(Array.from({ length: 8 }, () => exchange.send(CREATE, timeOf(5_000))));
    assert.equal(reached.length, 8);
  });

  it("a request times out if the service behind the proxy never answers", async () => {
    const silent = await startRawServer();
    proxy.target = silent.port;
    const { keycard } = await errorOf(throughProxy().send(CREATE, timeOf(300)));
    assert.equal(keycard.outcome, "unreached");
    assert.match(keycard.event, /^timed out after 0\.3 s during the TLS handshake with keycard\.test:8443 /);
    await silent.allClosed();
    await silent.close();
  });

  it("an answer of the proxy is told apart from one of Keycard, whatever its status", async () => {
    for (const [status, lasting] of [
      [404, true],
      [403, true],
      [502, undefined],
      [503, undefined],
      [429, undefined],
    ] as const) {
      proxy.refuses = status;
      const { keycard, message } = await errorOf(throughProxy().send(CREATE, timeOf(5_000)));
      assert.deepEqual([keycard.status, keycard.outcome, keycard.lasting], [0, "unreached", lasting]);
      assert.match(
        message,
        new RegExp(
          `did not reach ${HOST}:8443 .*: the proxy 127\\.0\\.0\\.1:\\d+ \\(from HTTPS_PROXY\\) answered ${status} `,
        ),
      );
      sinon.restore();
    }
  });

  it("the error says that the proxy rejects the credentials, and shows none", async () => {
    const { keycard, message } = await errorOf(
      throughProxy(`http://engineer:planted-wrong@127.0.0.1:${proxy.port}`).send(CREATE, timeOf(5_000)),
    );
    assert.match(message, /answered 407 .*The proxy rejected the credentials in HTTPS_PROXY\. Correct them/);
    assert.ok(!message.includes("planted"));
    assert.equal(keycard.lasting, true);
  });

  it("the error says that the proxy rejects the credentials if it answers 401, as tinyproxy does", async () => {
    proxy.refuses = 401;
    const { message } = await errorOf(throughProxy().send(CREATE, timeOf(5_000)));
    assert.match(message, /answered 401 .*The proxy rejected the credentials in HTTPS_PROXY\. Correct them/);
    assertShowsNone(new Error(message), [PASSWORD]);
  });

  it("the error says that the proxy requires credentials if it got none", async () => {
    const { message } = await errorOf(
      throughProxy(`http://127.0.0.1:${proxy.port}`).send(CREATE, timeOf(5_000)),
    );
    assert.match(message, /answered 407 .*The proxy requires credentials\. Put them into its address/);
  });

  it("the error names an unreachable proxy", async () => {
    proxy.close();
    const { keycard } = await errorOf(throughProxy().send(CREATE, timeOf(5_000)));
    assert.match(
      keycard.event,
      /, because the proxy 127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) failed: ECONNREFUSED$/,
    );
    assert.deepEqual([keycard.outcome, keycard.lasting], ["unreached", undefined]);
  });

  it("the error names a proxy that hangs up instead of answering", async () => {
    const rude = await startRawServer((socket) => socket.once("data", () => socket.destroy()));
    const { keycard } = await errorOf(
      throughProxy(`http://127.0.0.1:${rude.port}`).send(CREATE, timeOf(5_000)),
    );
    assert.match(keycard.event, /because the proxy .* failed: ECONNRESET$/);
    assert.equal(keycard.outcome, "unreached");
    await rude.close();
  });

  it("the error says that a proxy without TLS has an address with https", async () => {
    const { message } = await errorOf(
      throughProxy(`https://127.0.0.1:${proxy.port}`).send(CREATE, timeOf(5_000)),
    );
    assert.match(
      message,
      /The port of the proxy does not support TLS\. Check the port, or write the proxy's address with http\.$/,
    );
  });
});
