import assert from "node:assert/strict";
import sinon from "sinon";
import { needsNoProxy, proxyFor } from "../../../provider/keycard/http/connection";
import { recorded } from "../../go-proxy-rules/recorded";

const ENDPOINT = "https://api.keycard.ai";

describe("the proxy of an endpoint", () => {
  afterEach(() => sinon.restore());

  /** Finds the proxy with these proxy variables and no others. */
  function find(variables: Record<string, string>, endpoint = ENDPOINT) {
    const others = Object.entries(process.env).filter(([name]) => !/proxy$/i.test(name));
    sinon.restore();
    sinon.stub(process, "env").value({ ...Object.fromEntries(others), ...variables });
    return proxyFor(endpoint);
  }
  const addressOf = (variables: Record<string, string>, endpoint?: string) =>
    find(variables, endpoint)?.address.href;

  it("the proxy is read from each of its variables, in upper or lower case", () => {
    for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
      const proxy = find({ [variable]: "http://proxy.example:3128" });
      assert.deepEqual([proxy?.address.href, proxy?.variable], ["http://proxy.example:3128/", variable]);
    }
  });

  it("the proxy is not used for the hosts in NO_PROXY", () => {
    const HTTPS_PROXY = "http://proxy.example:3128";
    assert.equal(addressOf({ HTTPS_PROXY, NO_PROXY: "api.keycard.ai" }), undefined);
    assert.equal(addressOf({ HTTPS_PROXY, no_proxy: "*" }), undefined);
    assert.equal(addressOf({ HTTPS_PROXY, NO_PROXY: "other.example" }), "http://proxy.example:3128/");
  });

  it("the proxy is never used for an endpoint without TLS, which is on this machine", () => {
    const url = "http://127.0.0.1:3128";
    assert.equal(addressOf({ HTTP_PROXY: url, ALL_PROXY: url }, "http://127.0.0.1:4010"), undefined);
  });

  it("a proxy address without a scheme is read as http", () => {
    assert.equal(addressOf({ HTTPS_PROXY: "proxy.example:3128" }), "http://proxy.example:3128/");
  });

  it("the proxy's credentials are decoded into a header and removed from its address", () => {
    const proxy = find({ HTTPS_PROXY: "http://engineer:p%40ss@proxy.example:3128" });
    assert.equal(proxy?.address.href, "http://proxy.example:3128/");
    const basic = Buffer.from("engineer:p@ss").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
    assert.deepEqual(proxy?.secrets, ["p@ss", "p%40ss", "engineer:p@ss", basic]);
  });

  it("proxy credentials with an invalid encoding are used literally", () => {
    const proxy = find({ HTTPS_PROXY: "http://engineer:100%zz@proxy.example" });
    const basic = Buffer.from("engineer:100%zz").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
  });

  it("a user name without a password is enough, and is secret", () => {
    const proxy = find({ HTTPS_PROXY: "http://planted-name@proxy.example" });
    const basic = Buffer.from("planted-name:").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
    assert.ok(proxy?.secrets.includes("planted-name"));
  });

  it("a password without a user name is enough, and is secret", () => {
    const proxy = find({ HTTPS_PROXY: "http://:planted-password@proxy.example" });
    const basic = Buffer.from(":planted-password").toString("base64");
    assert.deepEqual(proxy?.headers, { "Proxy-Authorization": `Basic ${basic}` });
    assert.ok(proxy?.secrets.includes("planted-password"));
  });

  it("a proxy without credentials gets no header", () => {
    assert.deepEqual(find({ HTTPS_PROXY: "http://proxy.example" })?.headers, {});
  });

  it("an invalid proxy address is an error that does not show it", () => {
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

describe("NO_PROXY", () => {
  /** Go requires a port after brackets. curl does not. */
  const MORE: Record<string, string> = { "[fd00::12]": "https://[fd00::12]" };

  for (const [noProxy, direct] of Object.entries(recorded.table)) {
    it(`means what it means to Go: "${noProxy}"`, () => {
      const ours = recorded.hosts.filter((host) => needsNoProxy(new URL(host), noProxy));
      assert.deepEqual(
        ours.filter((host) => host !== MORE[noProxy]),
        direct,
      );
    });
  }

  it("an IPv6 address may be in brackets", () => {
    assert.ok(needsNoProxy(new URL("https://[fd00::12]:8443"), "[fd00::12]"));
    assert.ok(!needsNoProxy(new URL("https://[fd00::13]:8443"), "[fd00::12]"));
  });
});

describe("a proxy address with special characters", () => {
  afterEach(() => sinon.restore());
  const find = (url: string) => {
    sinon.stub(process, "env").value({ HTTPS_PROXY: url });
    return proxyFor(ENDPOINT);
  };

  for (const password of ["pla#nted", "12#planted", "pla/nted", "pla?nted", "1/2@planted"]) {
    it(`says how to write the password ${password}, without showing it`, () => {
      assert.throws(
        () => find(`http://engineer:${password}@proxy.example:3128`),
        ({ message }: Error) => {
          assert.match(message, /^The proxy in HTTPS_PROXY .* Percent-encode special characters .* # as %23/);
          return !/planted|pla|12|engineer/.test(message.replace("Percent", ""));
        },
      );
    });
  }

  for (const [password, meant] of [
    ["p@ss", "p@ss"],
    ["100%", "100%"],
    ["p%23ss", "p#ss"],
  ] as const) {
    it(`the password ${password} is understood`, () => {
      const proxy = find(`http://engineer:${password}@proxy.example:3128`);
      assert.equal(proxy?.address.host, "proxy.example:3128");
      assert.ok(proxy.secrets.includes(meant));
    });
  }
});
