import assert from "node:assert/strict";
import { fromCommand, type SecretArgs } from "pulumi-keycard";
import type { FaultKind, Sent } from "../emulator";
import { AWKWARD, escapedForms, repeatedForms, shownIn, type Planted } from "./support/planted";
import type { RunResult } from "./support/run-result";
import { openScene, type Scene } from "./support/scene";
import { startTunnelProxy } from "./support/secure-network";

/** Makes a text that repeats what was sent and more. */
type Repeat = (sent: Sent) => string;

interface Kind {
  fault: (repeat: Repeat) => FaultKind;
  /** What the error says, from the path on. */
  says: RegExp;
  /** The methods after which there is no error. */
  fine?: string[];
}

const refusal = (status: number, fine: string[] = []): Kind => ({
  fault: (repeat) => ({
    status,
    body: (sent: Sent) => ({ message: repeat(sent), code: repeat(sent), status }),
  }),
  says: new RegExp(`answered ${status}, saying ".*\\[redacted\\]`),
  fine,
});

const success = (body: (text: string) => unknown, says: RegExp): Kind => ({
  fault: (repeat) => ({ status: 200, body: (sent: Sent) => body(repeat(sent)) }),
  says,
});

/** Every way in which a call can fail for good. Each has a zone of its own, to be aimed at. */
const KINDS: Record<string, Kind> = {
  "a 400": refusal(400),
  "a 401": refusal(401),
  "a 403": refusal(403),
  "a 404": refusal(404, ["GET", "DELETE"]),
  "a 409": { ...refusal(409), says: /answered 409, saying ".*\[redacted\]|already holds one of the name/ },
  "a 422": refusal(422),
  "a 500 that stays": refusal(500),
  "a 503 that stays": refusal(503),
  "a page with status 502": {
    fault: (repeat) => ({ status: 502, body: (sent: Sent) => `<html><p>${repeat(sent)}</p></html>` }),
    says: /answered 502 \(/,
  },
  "a page with status 200": success((text) => `<html><p>${text}</p></html>`, /answered 200 with something/),
  "half an answer": success(
    (text) => JSON.stringify({ id: "sec_0", data: text }).slice(0, -1),
    /answered 200 with something/,
  ),
  "foreign JSON": {
    ...success((text) => ({ kind: text, [text]: [{ message: text }] }), /answered 200 with something/),
    fine: ["DELETE"],
  },
  "a redirect": {
    fault: (repeat) => ({
      redirect: (sent: Sent) => `https://elsewhere.test/?v=${encodeURIComponent(repeat(sent))}`,
      status: 302,
    }),
    says: /answered 302 \(/,
  },
  "a time-out": { fault: () => ({ delayMs: 60_000 }), says: /got no answer within/ },
  "a lost connection": { fault: () => ({ drop: "before" }), says: /got no answer: ECONNRESET/ },
};

const LIMITED = "a 429";
const ALL = [...Object.keys(KINDS), LIMITED];
const zoneOf = (name: string) => name.replaceAll(" ", "-");

/** Repeats the values that are given, and those that the request and the client's account prove it with. */
function repeater(turn: number, values: string[]): Repeat {
  return ({ headers: { authorization = "" } }) =>
    [...values, authorization, authorization.split(" ")[1] ?? "", AWKWARD.clientSecret]
      .flatMap((value, i) => {
        const forms = turn % 4 === 3 ? escapedForms(value) : repeatedForms(value);
        return [turn + i, turn + i + 5].map((number) => forms[number % forms.length]);
      })
      .join(" ");
}

/** The values that nobody may show, those included that the requests have proved who calls with. */
function plantedIn({ keycard }: Scene): Planted {
  const headers = [...keycard.tokenRequests, ...keycard.requests].map(({ headers }) => headers.authorization);
  const credentials = [...new Set(headers)].flatMap((header) => header?.split(" ")[1] ?? []);
  assert.ok(credentials.every((credential) => credential.length > 20));
  return { ...AWKWARD, ...Object.fromEntries(credentials.map((text, i) => [`credential ${i}`, text])) };
}

/** Searches what some runs told and all that was printed and stored. */
async function assertShowsNone(scene: Scene, runs: RunResult[]): Promise<void> {
  // With --debug the SDK itself prints every property of every resource.
  const events = runs.flatMap((run) =>
    run.events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug"),
  );
  const texts = [scene.stack.allText(), JSON.stringify(events), await scene.stack.everyFile()];
  for (const text of texts) assert.deepEqual(shownIn(text, plantedIn(scene)), []);
}

const { token, username, password, pin } = AWKWARD;

function dataOf(turn: number): SecretArgs["data"] {
  if (turn % 5 === 4) return { type: "password", username, password: pin };
  return turn % 2 === 0 ? { type: "token", token } : { type: "password", username, password };
}

const valuesOf = (data: object) =>
  Object.entries(data).flatMap(([name, value]) => (name === "type" ? [] : [String(value)]));

const options = (attemptS: number, totalS: number) => ({
  clientSecret: AWKWARD.clientSecret,
  env: { KEYCARD_LOG: "debug" },
  config: {
    "keycard:attemptTimeoutSeconds": String(attemptS),
    "keycard:totalTimeoutSeconds": String(totalS),
  },
});

describe("no planted value is shown by", () => {
  let scene: Scene;

  before(async () => (scene = await openScene(options(2, 5))));
  after(() => scene.close());

  function declare(shift: number): void {
    scene.declare(
      Object.fromEntries(
        ALL.map((name, i) => [name, { zoneId: zoneOf(name), entityId: "ent_1", data: dataOf(i + shift) }]),
      ),
    );
  }

  /** What the service knows from earlier runs. */
  const heldIn = (zone: string) =>
    scene.keycard.secrets().flatMap(({ zone_id, data }) => (zone_id === zone ? valuesOf(data) : []));

  /** Runs a command with every call of a method failing in the way of its zone, then with one that is limited. */
  function failing(
    method: string,
    shift: number,
    run: (options: { target?: string[]; continueOnError: true }) => Promise<RunResult & { error: string }>,
  ): void {
    const runs: (RunResult & { error: string })[] = [];

    function arm(name: string, kind: Kind, turn: number): void {
      const sent = valuesOf(dataOf(ALL.indexOf(name) + shift));
      const repeat = repeater(turn, ["POST", "PATCH"].includes(method) ? sent : heldIn(zoneOf(name)));
      const path = new RegExp(`/zones/${zoneOf(name)}/`);
      scene.keycard.faults.add({ method, path, times: Infinity, kind: kind.fault(repeat) });
    }

    before(async () => {
      Object.entries(KINDS).forEach(([name, kind], i) => arm(name, kind, i + shift * 3));
      // A limit would hold back all others, so that none of them would fail in its own way.
      arm(LIMITED, refusal(400), 0);
      runs.push(await run({ continueOnError: true }));
      scene.keycard.faults.clear();
      arm(LIMITED, refusal(429), shift);
      const urn = `urn:pulumi:test::lifecycle::pulumi-nodejs:dynamic/keycard:Secret::${LIMITED}`;
      runs.push(await run({ target: [urn], continueOnError: true }));
      scene.keycard.faults.clear();
    });

    const errorsOf = (name: string, { error }: { error: string }) => {
      const ofZone = new RegExp(`Could not.* (zone |\\S*/zones/)${zoneOf(name)}[ /]`);
      return error.split("\n").filter((line) => ofZone.test(line));
    };

    for (const [name, { says, fine = [] }] of Object.entries(KINDS)) {
      if (fine.includes(method)) continue;
      it(name, () => {
        const lines = errorsOf(name, runs[0] ?? assert.fail());
        assert.ok(lines.length > 0, `it did not fail: ${runs[0]?.error ?? ""}`);
        for (const line of lines) assert.match(line, says);
      });
    }

    it("a 429 that stays", () => {
      const lines = errorsOf(LIMITED, runs[1] ?? assert.fail());
      assert.match(lines[0] ?? "", /answered 429, saying ".*\[redacted\].*tried \d+ times in \d/);
    });

    it("anything that was printed, logged or stored", async () => {
      const log = new RegExp(`keycard: ${method} /zones/a-400/\\S+ 400 \\d+ ms request`);
      assert.match(scene.stack.allText(), log);
      await assertShowsNone(scene, runs);
    });
  }

  describe("a create that fails by", () => {
    before(() => declare(0));
    failing("POST", 0, (options) => scene.stack.upFails({ parallel: 16, ...options }));
  });

  describe("an update that fails by", () => {
    before(async () => {
      await scene.stack.up({ parallel: 16 });
      declare(1);
    });
    failing("PATCH", 1, (options) => scene.stack.upFails({ parallel: 16, ...options }));
  });

  describe("a refresh that fails by", () => {
    failing("GET", 2, ({ target }) => scene.stack.refreshFails({ parallel: 16, ...(target && { target }) }));
  });

  describe("a delete that fails by", () => {
    failing("DELETE", 3, (options) => scene.stack.destroyFails({ parallel: 16, ...options }));
  });
});

describe("no planted value is shown where a token is asked for and there comes", () => {
  const FINAL = "a 429 that stays";
  const kinds: Record<string, Kind> = {
    "a 404": refusal(404),
    "a 503 that stays": refusal(503),
    "a page with status 200": KINDS["a page with status 200"] ?? assert.fail(),
    "half an answer": KINDS["half an answer"] ?? assert.fail(),
    "foreign JSON": {
      ...success((text) => ({ token: text }), /answered 200 with something that is not a token/),
    },
    "a redirect": KINDS["a redirect"] ?? assert.fail(),
    "a time-out": KINDS["a time-out"] ?? assert.fail(),
    "a lost connection": KINDS["a lost connection"] ?? assert.fail(),
    // It holds back all calls, and so it comes last.
    [FINAL]: refusal(429),
  };
  const runs: (RunResult & { error: string })[] = [];
  let scene: Scene;

  before(async () => {
    scene = await openScene(options(1, 1.5));
    const names = Object.keys(kinds);
    const declared = names.map((name, i) => [name, { entityId: "ent_1", data: dataOf(i) }] as const);
    scene.declare(Object.fromEntries(declared));
    const path = /token$/;
    // One creation after the other asks for a token, each by an id of its own.
    const ids: string[] = [];
    const turnOf = ({ headers }: Sent) => {
      const id = String(headers["x-client-request-id"]);
      return (ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1) + 1;
    };
    for (const [i, kind] of Object.values(kinds).entries()) {
      const only = (sent: Sent) => turnOf(sent) === i + 1;
      scene.keycard.faults.add({ path, only, times: Infinity, kind: kind.fault(repeater(i, [])) });
    }
    runs.push(await scene.stack.upFails({ parallel: 1, continueOnError: true }));
    scene.keycard.faults.clear();
    await scene.stack.up();
    const kind = refusal(401).fault(repeater(5, []));
    scene.keycard.faults.add({ path, times: Infinity, kind });
    runs.push(await scene.stack.destroyFails({ continueOnError: true }));
  });
  after(() => scene.close());

  const lines = (run: number) =>
    (runs[run]?.error ?? "").split("\n").filter((line) => line.includes("Could not get an access token"));

  for (const [name, { says }] of Object.entries(kinds)) {
    it(name, () => {
      const line = lines(0).find((line) => line.includes("error: ") && says.test(line));
      assert.ok(line, `${lines(0).join("\n")} has no ${says}`);
    });
  }

  it("a 401, to a delete", () => {
    const [first = ""] = lines(1);
    assert.match(
      first,
      /answered 401, saying ".*\[redacted\].*did not accept the client id from KEYCARD_CLIENT_ID/,
    );
  });

  it("anything that was printed, logged or stored", () => assertShowsNone(scene, runs));
});

describe("no planted value is shown by", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  it("a proxy that repeats the credentials that it refuses", async () => {
    const proxy = await startTunnelProxy("engineer:another", (header) => {
      const values = [AWKWARD.proxyPassword, `engineer:${AWKWARD.proxyPassword}`, header, header.slice(6)];
      return JSON.stringify({ message: values.flatMap(repeatedForms).join(" ") });
    });
    const credentials = `engineer:${encodeURIComponent(AWKWARD.proxyPassword)}`;
    const { env, ...others } = options(1, 2);
    scene = await openScene({
      ...others,
      env: {
        ...env,
        KEYCARD_ENDPOINT: "https://keycard.test",
        HTTPS_PROXY: `http://${credentials}@127.0.0.1:${proxy.port}`,
      },
    });
    scene.declare({ a: { entityId: "ent_1", data: dataOf(0) } });
    const run = await scene.stack.upFails();
    proxy.close();
    assert.match(run.error, /answered 407, saying ".*\[redacted\]/);
    await assertShowsNone(scene, [run]);
  });

  it("a command that repeats what it wrote and what it was given", async () => {
    const { env, ...others } = options(1, 2);
    scene = await openScene({ ...others, env: { ...env, OTHER_PASSWORD: password, PLANTED_TOKEN: token } });
    const command = (script: string) => fromCommand(["sh", "-c", script]);
    const scripts = {
      plain: `printf %s "$PLANTED_TOKEN"; printf %s "$PLANTED_TOKEN" >&2; exit 1`,
      base64: `printf %s "$KEYCARD_CLIENT_SECRET" | base64 -w 20 >&2; exit 1`,
      hex: `printf %s "$OTHER_PASSWORD" | od -An -tx1 | tr -d ' \\n' >&2; exit 1`,
    };
    scene.declare(
      Object.fromEntries(
        Object.entries(scripts).map(([name, script]) => [
          name,
          { entityId: "ent_1", data: { type: "token", token: command(script) } },
        ]),
      ),
    );
    const run = await scene.stack.upFails({ continueOnError: true });
    const told = run.diagnostics.filter((text) => /ended with status 1: .*\[redacted\]/.test(text));
    assert.equal(told.length, Object.keys(scripts).length);
    await assertShowsNone(scene, [run]);
  });
});
