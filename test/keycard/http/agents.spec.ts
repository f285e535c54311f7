import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { createRequire } from "node:module";
import sinon from "sinon";
import { agentsFor } from "../../../provider/keycard/http/agents";
import { Exchange } from "../../../provider/keycard/http/exchange";
import { assertShowsNone, errorOf, formsOf, startPlainServer, type PlainServer } from "../support";

const PASSWORD = 'planted-"proxy"/+ü 1%';
const CALL = {
  action: "read the secret",
  method: "GET",
  path: "/zones/z1/secrets/s1",
  requestId: "11111111-2222-4333-8444-555555555555",
  attempt: 1,
  hidden: [],
} as const;

describe("a proxy with credentials", () => {
  let proxy: PlainServer;
  let answer: (response: ServerResponse) => unknown;

  beforeEach(async () => {
    answer = (response) => response.end("{}");
    proxy = await startPlainServer((_request, response) => answer(response));
  });
  afterEach(async () => {
    sinon.restore();
    await proxy.close();
  });

  /** Reaches an address, at which nothing listens, through the proxy. */
  function exchangeAs(credentials: string, variable = "HTTP_PROXY", noProxy = ""): Exchange {
    const url = proxy.url.replace("http://", `http://${credentials}@`);
    const others = Object.keys(process.env).filter((name) => /proxy$/i.test(name));
    const none = Object.fromEntries(others.map((name) => [name, undefined]));
    sinon.stub(process, "env").value({ ...process.env, ...none, [variable]: url, NO_PROXY: noProxy });
    return new Exchange("http://127.0.0.1:1", "test/1", 4);
  }
  const encoded = `engineer:${encodeURIComponent(PASSWORD)}`;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const sent = () => proxy.requests.map(({ path, headers }) => [path, headers["proxy-authorization"]]);

  it("is sent them, decoded", async () => {
    await exchangeAs(encoded).send(CALL, 5_000);
    assert.deepEqual(sent(), [[`http://127.0.0.1:1${CALL.path}`, basic(`engineer:${PASSWORD}`)]]);
  });

  it("is sent what is not well encoded as it stands", async () => {
    await exchangeAs("engineer:100%zz").send(CALL, 5_000);
    assert.deepEqual(sent(), [[`http://127.0.0.1:1${CALL.path}`, basic("engineer:100%zz")]]);
  });

  it("is found by each of its variables, in either case", async () => {
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) {
      await exchangeAs(encoded, name).send(CALL, 5_000);
      sinon.restore();
    }
    assert.equal(sent().length, 4);
  });

  it("is passed by for the hosts of NO_PROXY", async () => {
    const { keycard } = await errorOf(exchangeAs(encoded, "HTTP_PROXY", "127.0.0.1").send(CALL, 5_000));
    assert.deepEqual([keycard.outcome, sent()], ["unreached", []]);
  });

  it("may be told by a name alone", async () => {
    await exchangeAs("planted-name").send(CALL, 5_000);
    assert.deepEqual(sent(), [[`http://127.0.0.1:1${CALL.path}`, basic("planted-name:")]]);
  });

  it("is not quoted in an error that repeats them", async () => {
    for (const [credentials, values] of [
      [encoded, [PASSWORD, `engineer:${PASSWORD}`, basic(`engineer:${PASSWORD}`).slice(6)]],
      ["planted-name", ["planted-name", "planted-name:", basic("planted-name:").slice(6)]],
    ] as const) {
      const message = `who is ${values.flatMap(formsOf).join(" or ")}?`;
      answer = (response) => response.writeHead(407).end(JSON.stringify({ message }));
      const error = await errorOf(exchangeAs(credentials).send(CALL, 5_000));
      assert.match(error.message, /answered 407, saying "(who is )?\[redacted\]/);
      assertShowsNone(error, values);
      sinon.restore();
    }
  });

  it("is not shown with them where DEBUG asks for everything", () => {
    const debug = createRequire(require.resolve("https-proxy-agent"))("debug") as {
      enable(names: string): void;
      disable(): void;
    };
    const written = sinon.stub(process.stderr, "write").returns(true);
    debug.enable("*");
    exchangeAs(encoded);
    sinon.stub(process, "env").value({ HTTPS_PROXY: `http://${encoded}@127.0.0.1:3128` });
    agentsFor("https://keycard.test", 4);
    debug.disable();
    const text = written.args.map(([chunk]) => String(chunk)).join("");
    written.restore();
    assert.equal(text.match(/proxy-agent/g)?.length, 2, text);
    assertShowsNone(new Error(text), [PASSWORD, `engineer:${PASSWORD}`]);
  });
});
