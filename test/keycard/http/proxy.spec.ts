import assert from "node:assert/strict";
import sinon from "sinon";
import { proxyFor } from "../../../provider/keycard/http/proxy";

const ENDPOINT = "https://api.keycard.ai";

describe("the proxy of an endpoint", () => {
  afterEach(() => sinon.restore());

  /** Finds it with these variables for proxies, and no others. */
  function find(variables: Record<string, string>, endpoint = ENDPOINT) {
    const others = Object.entries(process.env).filter(([name]) => !/proxy$/i.test(name));
    sinon.restore();
    sinon.stub(process, "env").value({ ...Object.fromEntries(others), ...variables });
    return proxyFor(endpoint);
  }
  const addressOf = (variables: Record<string, string>, endpoint?: string) =>
    find(variables, endpoint)?.address.href;

  it("is named by each of its variables, in either case", () => {
    for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
      const proxy = find({ [variable]: "http://proxy.example:3128" });
      assert.deepEqual([proxy?.address.href, proxy?.variable], ["http://proxy.example:3128/", variable]);
    }
  });

  it("is not asked for the hosts of NO_PROXY", () => {
    const HTTPS_PROXY = "http://proxy.example:3128";
    assert.equal(addressOf({ HTTPS_PROXY, NO_PROXY: "api.keycard.ai" }), undefined);
    assert.equal(addressOf({ HTTPS_PROXY, no_proxy: "*" }), undefined);
    assert.equal(addressOf({ HTTPS_PROXY, NO_PROXY: "other.example" }), "http://proxy.example:3128/");
  });

  it("is never asked for an endpoint without TLS, which is on this machine", () => {
    const url = "http://127.0.0.1:3128";
    assert.equal(addressOf({ HTTP_PROXY: url, ALL_PROXY: url }, "http://127.0.0.1:4010"), undefined);
  });

  it("speaks plain HTTP if its address has no scheme", () => {
    assert.equal(addressOf({ HTTPS_PROXY: "proxy.example:3128" }), "http://proxy.example:3128/");
  });

  it("has its credentials decoded in a header, and none in its address", () => {
    const proxy = find({ HTTPS_PROXY: "http://engineer:p%40ss@proxy.example:3128" });
    assert.equal(proxy?.address.href, "http://proxy.example:3128/");
    const basic = Buffer.from("engineer:p@ss").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
    assert.deepEqual(proxy?.secrets, ["p@ss", "p%40ss", "engineer:p@ss", basic]);
  });

  it("has credentials that are not well encoded taken literally", () => {
    const proxy = find({ HTTPS_PROXY: "http://engineer:100%zz@proxy.example" });
    const basic = Buffer.from("engineer:100%zz").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
  });

  it("may be told by a name alone, which is secret then", () => {
    const proxy = find({ HTTPS_PROXY: "http://planted-name@proxy.example" });
    const basic = Buffer.from("planted-name:").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
    assert.ok(proxy?.secrets.includes("planted-name"));
  });

  it("is sent no header without credentials", () => {
    assert.deepEqual(find({ HTTPS_PROXY: "http://proxy.example" })?.headers, {});
  });

  it("with an address that is not valid is an error that does not show it", () => {
    for (const url of ["http://engineer:planted-password@", "socks5://engineer:planted-password@proxy"]) {
      assert.throws(
        () => find({ ALL_PROXY: url }),
        ({ message }: Error) => {
          assert.match(message, /^The proxy in ALL_PROXY is not an http\(s\) URL\. Write it as http:/);
          return !message.includes("planted");
        },
      );
    }
  });
});
