import assert from "node:assert/strict";
import { Passage, type Phase, type Proxy, placeOf } from "../../../provider/keycard/http/connection";
import type { Call } from "../../../provider/keycard/http/errors";
import { networkCause, timedOut, unanswered, unsent } from "../../../provider/keycard/http/failures";
import { CallTime, interruptible } from "../../../provider/keycard/http/time";

const CALL: Call = {
  action: "read the secret",
  method: "GET",
  path: "/x",
  requestId: "r1",
  attempt: 1,
  hidden: [],
};
const PROXY: Proxy = {
  address: new URL("http://proxy.example:3128"),
  variable: "HTTPS_PROXY",
  headers: {},
  secrets: [],
};
const PLACE = placeOf("https://api.example/v1", "keycard:endpoint", PROXY);
const ENDPOINT = "api\\.example \\(the endpoint in keycard:endpoint\\)";
const THE_PROXY = "the proxy proxy\\.example:3128 \\(from HTTPS_PROXY\\)";

/** A request that has reached a phase. */
const passageIn = (phase: Phase, hasRequest = true): Passage => {
  const passage = new Passage();
  Object.defineProperty(passage, "phase", { value: phase });
  if (hasRequest) Object.assign(passage, { request: {} });
  return passage;
};

describe("a request whose time is up", () => {
  const limit = { ms: 5_000, allowedMs: 5_000, setting: "keycard:timeout" };
  const PHASES: [Phase, doing: string, remedy: RegExp, outcome: string][] = [
    ["proxy", `while connecting to ${THE_PROXY}`, /the proxy's address and the network/, "unreached"],
    [
      "tunnel",
      `while waiting for ${THE_PROXY} to open a tunnel to ${ENDPOINT}`,
      /the proxy allows/,
      "unreached",
    ],
    ["connecting", `while connecting to ${ENDPOINT}`, /the endpoint and the network/, "unreached"],
    ["handshake", `during the TLS handshake with ${ENDPOINT}`, /supports TLS on this port/, "unreached"],
    ["waiting", `while waiting for an answer from ${ENDPOINT}`, /needs longer/, "unknown"],
    ["reading", `while reading the answer from ${ENDPOINT}`, /needs longer/, "unknown"],
  ];

  for (const [phase, doing, remedy, outcome] of PHASES) {
    it(`says what it was doing: ${phase}`, () => {
      const { message, keycard } = timedOut(CALL, phase, limit, PLACE);
      assert.match(message, new RegExp(`GET /x timed out after 5 s ${doing} \\(request r1\\)\\.`));
      assert.match(message, remedy);
      assert.match(message, / raise keycard:timeout\.$/);
      assert.deepEqual([keycard.status, keycard.outcome], [0, outcome]);
    });
  }

  it("says that it was cancelled, if it was", () => {
    const interruption = { event: "was cancelled", remedy: "Run it again." };
    const { message } = timedOut(CALL, "waiting", limit, PLACE, interruption);
    assert.match(message, /GET \/x was cancelled while waiting .*\. Run it again\.$/);
  });
});

describe("a request without an answer", () => {
  const refusal = (status: number) => Object.assign(new Error("x"), { proxyStatus: status });
  const codeError = (code?: string) => Object.assign(new Error("planted"), code && { code });

  it("may have done its work once it was sent", () => {
    const { message, keycard } = unanswered(CALL, passageIn("waiting"), codeError("ECONNRESET"), PLACE);
    assert.match(message, new RegExp(`got no answer from ${ENDPOINT}: ECONNRESET`));
    assert.deepEqual([keycard.outcome, keycard.status], ["unknown", 0]);
    const { message: part } = unanswered(CALL, passageIn("reading"), codeError(), PLACE);
    assert.match(part, new RegExp(`received only part of the answer from ${ENDPOINT}: unknown cause`));
    assert.doesNotMatch(part, /planted/);
  });

  it("has done nothing if it never had a connection, and may pass", () => {
    const { message, keycard } = unanswered(CALL, passageIn("connecting"), codeError("ECONNREFUSED"), PLACE);
    assert.match(message, new RegExp(`did not reach ${ENDPOINT}: ECONNREFUSED`));
    assert.deepEqual([keycard.outcome, keycard.lasting], ["unreached", undefined]);
  });

  it("is not made again if it could not be made at all", () => {
    assert.equal(
      unanswered(CALL, passageIn("connecting", false), codeError("X"), PLACE).keycard.lasting,
      true,
    );
    assert.equal(
      unanswered(CALL, passageIn("connecting"), codeError("ENOTFOUND"), PLACE).keycard.lasting,
      true,
    );
  });

  it("names the proxy if that is what failed", () => {
    for (const phase of ["proxy", "tunnel"] as const) {
      const { message } = unanswered(CALL, passageIn(phase), codeError("ENOTFOUND"), PLACE);
      assert.match(message, new RegExp(`did not reach ${ENDPOINT}, because ${THE_PROXY} failed: ENOTFOUND`));
      assert.match(message, /address of the proxy\.$/);
    }
  });

  it("tells the status with which a proxy refused it, and what to do", () => {
    const { message } = unanswered(CALL, passageIn("tunnel"), refusal(407), PLACE);
    assert.match(message, new RegExp(`did not reach ${ENDPOINT}: ${THE_PROXY} answered 407 .*credentials`));
    const wrapped = Object.assign(new Error("x"), { cause: refusal(403) });
    const error = unanswered(CALL, passageIn("tunnel"), wrapped, PLACE);
    assert.match(error.message, /answered 403 .*allows connections to this host, or .*NO_PROXY\.$/);
    assert.deepEqual([error.keycard.outcome, error.keycard.status], ["unreached", 0]);
  });

  it("is made again only after a refusal of the proxy that may pass", () => {
    const isLasting = (status: number) =>
      unanswered(CALL, passageIn("tunnel"), refusal(status), PLACE).keycard.lasting === true;
    assert.deepEqual([400, 403, 407, 499].map(isLasting), [true, true, true, true]);
    assert.deepEqual([408, 429, 500, 503].map(isLasting), [false, false, false, false]);
  });
});

describe("a request that was not sent", () => {
  it("says what the time went into, and what to raise", () => {
    const time = new CallTime({ attemptMs: 1, totalMs: 2_000 });
    time.waitsFor = () => "all 4 connections were in use";
    const { message, keycard } = unsent(CALL, time);
    assert.match(message, /timed out after 2 s, before it was sent: all 4 connections were in use/);
    assert.match(message, /Run it again later, or raise the time limit of a call\.$/);
    assert.deepEqual([keycard.outcome, keycard.status], ["unreached", 0]);
  });

  it("says that it was cancelled, if it was", async () => {
    const signal = AbortSignal.abort({ event: "was cancelled", remedy: "Run it again." });
    await interruptible(signal, () => {
      const { message } = unsent(CALL, new CallTime({ attemptMs: 1, totalMs: 2_000 }));
      assert.match(message, /GET \/x was cancelled before it was sent .*\. Run it again\.$/);
      return Promise.resolve();
    });
  });
});

describe("the cause of a connection that failed", () => {
  const CAUSES: [code: string, message: string, remedy: RegExp | undefined][] = [
    ["ENOTFOUND", "", /^The host name is unknown\. Check the address of the END\.$/],
    ["CERT_HAS_EXPIRED", "", /not signed by a trusted authority.*NODE_EXTRA_CA_CERTS/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "", /NODE_EXTRA_CA_CERTS/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", /NODE_EXTRA_CA_CERTS/],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "",
      /^The certificate is for a different host\. Check the address of the END\.$/,
    ],
    ["EPROTO", "wrong version number", /^The port of the END does not support TLS\. Check the port/],
    ["EPROTO", "tlsv1 ALERT protocol version", /^The END rejected the TLS handshake\..*TLS 1\.2/],
    ["ERR_SSL_TLSV1_ALERT", "alert", /^The END rejected the TLS handshake/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "alert", /^The port of the END does not support TLS/],
    ["ERR_INVALID_CHAR", "", undefined],
  ];

  for (const [code, message, remedy] of CAUSES) {
    it(`is lasting for ${code}${message && ` (${message})`}`, () => {
      for (const atProxy of [true, false]) {
        const cause = networkCause(new Error(message), code, atProxy);
        const end = atProxy ? "proxy" : "endpoint";
        assert.equal(cause.lasting, true);
        if (remedy) assert.match(cause.remedy ?? "", new RegExp(remedy.source.replaceAll("END", end)));
        else assert.equal(cause.remedy, undefined);
      }
    });
  }

  it("is DNS if it did not answer, which may pass", () => {
    const { remedy, lasting } = networkCause(new Error("getaddrinfo EAI_AGAIN"), "EAI_AGAIN", false);
    assert.match(remedy ?? "", /^The DNS server did not answer\. Check the network and DNS/);
    assert.equal(lasting, false);
  });

  it("may pass for every other code", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "unknown cause", "X_ERR_SSL", "AN_ERR_INVALID"]) {
      assert.deepEqual(networkCause(new Error("alert"), code, false), { lasting: false });
    }
  });

  it("hints at the scheme of a proxy that does not speak TLS", () => {
    assert.match(
      networkCause(new Error(), "EPROTO", true).remedy ?? "",
      /, or write the proxy's address with http\.$/,
    );
    assert.match(networkCause(new Error(), "EPROTO", false).remedy ?? "", /Check the port\.$/);
  });
});

describe("the place of an endpoint", () => {
  it("is named with where its address comes from", () => {
    assert.deepEqual(placeOf("https://api.example:8443/v1", undefined, undefined), {
      endpoint: "api.example:8443 (the default endpoint)",
    });
  });
});
