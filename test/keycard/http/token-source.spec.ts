import assert from "node:assert/strict";
import sinon from "sinon";
import { type Credentials, TokenSource } from "../../../provider/keycard/http/auth";
import { Retries } from "../../../provider/keycard/http/request";
import { type Keycard, type KeycardOptions, startKeycard } from "../../emulator";
import {
  LIMITS,
  accountOf,
  assertShowsNone,
  errorOf,
  exchangeWith,
  formsOf,
  startPlainServer,
} from "../support";

const TOKEN_PATH = /^\/service-account-token$/;
const GRANT = { grant_type: "client_credentials" };

/** A time in which few attempts fit. */
const HASTY = { attemptMs: 100, totalMs: 700 };

describe("token source", () => {
  let keycard: Keycard;
  beforeEach(() => sinon.stub(Math, "random").returns(0));
  afterEach(async () => {
    sinon.restore();
    await keycard.close();
  });

  async function start(options: KeycardOptions = {}) {
    keycard = await startKeycard(options);
    return sourceOf(accountOf(keycard));
  }

  /** Starts a source whose calls end soon. */
  async function startHasty() {
    await start();
    return sourceOf(accountOf(keycard), keycard.url, HASTY);
  }

  function sourceOf(credentials: Credentials, endpoint = keycard.url, limits = LIMITS) {
    return new TokenSource(credentials, exchangeWith(endpoint, { concurrency: 16 }), new Retries(limits));
  }

  /** How each request authenticated, and how it was answered. */
  function asked() {
    return keycard.tokenRequests.map(({ headers, body, status }) => ({
      basic: headers.authorization?.split(" ")[0] === "Basic",
      body,
      status,
    }));
  }

  const byBasic = (status: number) => ({ basic: true, body: GRANT, status });
  const byForm = (status: number, { clientId, clientSecret } = accountOf(keycard)) => ({
    basic: false,
    body: { ...GRANT, client_id: clientId, client_secret: clientSecret },
    status,
  });

  it("returns a configured access token without a request", async () => {
    await start();
    const source = sourceOf({ source: "test", accessToken: "ready" });
    assert.equal(await source.get(), "ready");
    assert.equal(source.drop("ready"), false);
    assert.deepEqual(keycard.tokenRequests, []);
  });

  it("requests a token with Basic authentication and a UUID", async () => {
    const source = await start();
    assert.match(await source.get(), /^kc_/);
    const [request] = keycard.tokenRequests;
    const basic = Buffer.from(`${keycard.clientId}:${keycard.clientSecret}`).toString("base64");
    assert.deepEqual(asked(), [byBasic(200)]);
    assert.equal(request?.headers.authorization, `Basic ${basic}`);
    assert.match(request?.headers["content-type"] ?? "", /^application\/x-www-form-urlencoded\b/);
    assert.equal(request?.headers["user-agent"], "test/1");
    assert.match(request?.requestId ?? "", /^[0-9a-f-]{36}$/);
  });

  it("requests a token at the base path of the endpoint", async () => {
    await start();
    const server = await startPlainServer((_request, response) => response.end('{"access_token": "t"}'));
    const source = sourceOf(accountOf(keycard), `${server.url}/some/base`);
    assert.equal(await source.get(), "t");
    assert.deepEqual(
      server.requests.map(({ method, path }) => `${method} ${path}`),
      ["POST /some/base/service-account-token"],
    );
    await server.close();
  });

  it("requests one token for thirty callers at once", async () => {
    const source = await start();
    const tokens = await Promise.all(Array.from({ length: 30 }, () => source.get()));
    assert.equal(new Set(tokens).size, 1);
    assert.deepEqual(asked(), [byBasic(200)]);
  });

  describe("renewal", () => {
    const lifetimes: [title: string, expiresIn: number | "omitted", keptS: number][] = [
      ["requests a new token a minute before the old one expires", 3600, 3539],
      ["requests a new token after four fifths of a short lifetime", 10, 7.9],
      ["treats an unknown lifetime as one hour", "omitted", 3539],
    ];
    for (const [title, tokenExpiresIn, keptS] of lifetimes) {
      it(title, async () => {
        const source = await start({ switches: { tokenExpiresIn } });
        const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date", "performance"] });
        const first = await source.get();
        clock.tick(keptS * 1000);
        assert.equal(await source.get(), first);
        clock.tick(1200);
        const second = await source.get();
        assert.notEqual(second, first);
        assert.equal(await source.get(), second);
        assert.deepEqual(asked(), [byBasic(200), byBasic(200)]);
      });
    }

    it("does not depend on the wall clock", async () => {
      const source = await start();
      const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
      const first = await source.get();
      clock.tick(86_400_000);
      assert.equal(await source.get(), first);
    });

    it("requests a new token after one was dropped", async () => {
      const source = await start();
      const first = await source.get();
      assert.equal(source.drop(first), true);
      const second = await source.get();
      assert.notEqual(second, first);
      assert.equal(source.drop(first), true);
      assert.equal(await source.get(), second);
      assert.equal(keycard.tokenRequests.length, 2);
    });
  });

  describe("credentials that have worked", () => {
    /** Makes the pauses between requests take no time. */
    async function leaping<T>(call: Promise<T>): Promise<T> {
      const clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      let hasEnded = false;
      call.catch(() => undefined).finally(() => (hasEnded = true));
      while (!hasEnded) {
        // Requests take real time. Only our own pauses use the fake clock.
        await new Promise((resolve) => setImmediate(resolve));
        if (keycard.tokenRequests.every(({ status }) => status !== undefined)) await clock.tickAsync(10);
      }
      clock.restore();
      return call;
    }

    it("credentials that have worked are sent again after a 401, 403 or 400, in the way that worked", async () => {
      for (const [tokenAuth, way] of [
        ["basic", byBasic],
        ["form", byForm],
      ] as const) {
        for (const status of [400, 401, 403]) {
          const source = await start({ switches: { tokenAuth } });
          source.drop(await source.get());
          keycard.clearLog();
          keycard.faults.add({ path: TOKEN_PATH, kind: { status } });
          assert.match(await leaping(source.get()), /^kc_/);
          assert.deepEqual(asked(), [way(status), way(200)]);
          await keycard.close();
        }
      }
      await start();
    });

    it("credentials that have worked are given up after three rejections", async () => {
      const source = await start({ switches: { tokenAuth: "basic" } });
      source.drop(await source.get());
      keycard.clearLog();
      keycard.faults.add({ path: TOKEN_PATH, kind: { status: 401 }, times: Infinity });
      const error = await errorOf(leaping(source.get()));
      assert.match(error.message, /Keycard rejected the test's account\. Correct these credentials\.$/);
      await errorOf(source.get());
      assert.deepEqual(asked(), [byBasic(401), byBasic(401), byBasic(401)]);
    });
  });

  describe("failures", () => {
    it("a failure is not cached, and thirty callers share it", async () => {
      const source = await start();
      keycard.faults.add({ path: TOKEN_PATH, kind: { status: 404, body: {} } });
      const calls = Array.from({ length: 30 }, () => errorOf(source.get()));
      assert.equal(new Set(await Promise.all(calls)).size, 1);
      assert.match(await source.get(), /^kc_/);
      assert.deepEqual(asked(), [byBasic(404), byBasic(200)]);
    });

    it("an answer without a token is named", async () => {
      const source = await startHasty();
      keycard.faults.add({ path: TOKEN_PATH, kind: { status: 200, body: { token: "t" } }, times: Infinity });
      const { message } = await errorOf(source.get());
      assert.match(
        message,
        /^Could not get an access token: POST \/service-account-token answered 200 with a body without an access token \(request /,
      );
    });

    it("only a 404 suggests that the endpoint is wrong", async () => {
      const source = await start();
      for (const [status, isWrong] of [
        [404, true],
        [501, false],
      ] as const) {
        keycard.faults.add({ path: TOKEN_PATH, kind: { status, body: {} } });
        const { message } = await errorOf(source.get());
        assert.equal(message.includes("The endpoint is probably not"), isWrong, message);
      }
    });

    it("a transient failure is retried", async () => {
      const source = await start();
      const kinds = [{ status: 503 }, { drop: "after" }, { body: "html" }, { status: 429 }] as const;
      for (const kind of kinds) keycard.faults.add({ path: TOKEN_PATH, kind });
      assert.match(await source.get(), /^kc_/);
      assert.equal(keycard.tokenRequests.length, 5);
      assert.equal(new Set(keycard.tokenRequests.map(({ requestId }) => requestId)).size, 1);
    });

    it("a failure ends with the time of the call, and is not cached", async () => {
      const source = await startHasty();
      keycard.faults.add({ path: TOKEN_PATH, kind: { status: 503 }, times: Infinity });
      const error = await errorOf(source.get());
      assert.match(
        error.message,
        /^Could not get an access token: POST \/service-account-token answered 503/,
      );
      assert.match(error.message, /tried [2-5] times in 0\.\d s/);
      assert.equal(error.keycard.outcome, "unreached");
      keycard.faults.clear();
      assert.match(await source.get(), /^kc_/);
    });

    it("an answer without a token is an error that says so", async () => {
      const source = await startHasty();
      for (const body of [{ access_token: "" }, { token: "t" }, [], "t", 7]) {
        keycard.faults.add({
          path: TOKEN_PATH,
          kind: { status: 200, body: JSON.stringify(body) },
          times: Infinity,
        });
        const { message } = await errorOf(source.get());
        keycard.faults.clear();
        assert.match(message, /answered 200 with a body without an access token/);
      }
    });
  });

  describe("refused credentials", () => {
    const wrong = { source: "the wrong ones", clientId: "who", clientSecret: "planted-wrong/secret+1" };

    it("rejected credentials are tried in the form after Basic authentication", async () => {
      const source = await start({ switches: { tokenAuth: "form" } });
      assert.match(await source.get(), /^kc_/);
      assert.deepEqual(asked(), [byBasic(401), byForm(200)]);
    });

    it("credentials are sent in the accepted way from then on", async () => {
      const source = await start({ switches: { tokenAuth: "form" } });
      source.drop(await source.get());
      await source.get();
      assert.deepEqual(asked(), [byBasic(401), byForm(200), byForm(200)]);
    });

    it("rejected credentials are tried at most twice over many calls", async () => {
      await start();
      const source = sourceOf(wrong);
      await Promise.all(Array.from({ length: 30 }, () => errorOf(source.get())));
      for (let call = 0; call < 5; call++) {
        const error = await errorOf(source.get());
        assert.equal(error.keycard.status, 401);
        assert.equal(error.keycard.outcome, "unreached");
        assert.match(error.message, /Keycard rejected the wrong ones\. Correct these credentials\.$/);
      }
      assert.deepEqual(asked(), [byBasic(401), byForm(401, wrong)]);
    });

    it("rejected credentials are tried twice even with other failures in between", async () => {
      await start();
      const source = sourceOf(wrong, keycard.url, HASTY);
      const fault = keycard.faults.add({
        path: TOKEN_PATH,
        kind: { status: 503 },
        after: 1,
        times: Infinity,
      });
      assert.equal((await errorOf(source.get())).keycard.status, 503);
      fault.remove();
      assert.equal((await errorOf(source.get())).keycard.status, 401);
      assert.equal((await errorOf(source.get())).keycard.status, 401);
      const refused = asked().filter(({ status }) => status === 401);
      assert.deepEqual(refused, [byBasic(401), byForm(401, wrong)]);
    });

    it("a page of a gateway with these statuses is not blamed on the credentials, and not remembered", async () => {
      for (const status of [400, 401, 403]) {
        const source = await start();
        const kind = {
          status,
          body: "<html><h1>Blocked</h1></html>",
          headers: { "content-type": "text/html" },
        };
        keycard.faults.add({ path: TOKEN_PATH, kind });
        const { message, keycard: failure } = await errorOf(source.get());
        assert.match(
          message,
          new RegExp(`answered ${status} with a body that is not JSON \\(.*The answer is not Keycard's\\.`),
        );
        assert.doesNotMatch(message, /credentials/);
        assert.equal(failure.outcome, "unreached");
        assert.match(await source.get(), /^kc_/);
        if (status < 403) await keycard.close();
      }
    });

    it("the statuses 400 and 403 also reject credentials", async () => {
      for (const status of [400, 403]) {
        await start();
        keycard.faults.add({ path: TOKEN_PATH, kind: { status }, times: 2 });
        const source = sourceOf(accountOf(keycard));
        await errorOf(source.get());
        await errorOf(source.get());
        assert.equal((await errorOf(source.get())).keycard.status, status);
        assert.equal(keycard.tokenRequests.length, 2);
        if (status === 400) await keycard.close();
      }
    });

    it("rejected credentials are never shown, even if Keycard repeats them", async () => {
      await start();
      const basic = Buffer.from(`${wrong.clientId}:${wrong.clientSecret}`).toString("base64");
      const message = `no client ${wrong.clientSecret} (${encodeURIComponent(wrong.clientSecret)}, ${formsOf(basic).join(", ")})`;
      keycard.faults.add({ path: TOKEN_PATH, kind: { status: 401, body: { message } }, times: 2 });
      const error = await errorOf(sourceOf(wrong).get());
      assertShowsNone(error, [wrong.clientSecret, `${wrong.clientId}:${wrong.clientSecret}`, basic]);
      assert.match(error.message, /saying "no client \[redacted\]/);
    });
  });
});
