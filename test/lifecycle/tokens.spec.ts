import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import type { FaultKind } from "../emulator";
import { openScene, token, type Scene } from "./support/scene";

const TOKEN_PATH = /token$/;
const PATH = "/zones/zone_1/secrets";
const args: SecretArgs = { entityId: "ent_1", name: "deploy", data: token("first") };

/** The four writes, in this order: what is declared, what is sent, and what Keycard has afterwards. */
const WRITES: { what: string; declared?: SecretArgs; sent: [string, string][]; held: [string, string][] }[] =
  [
    {
      what: "a create",
      declared: args,
      sent: [
        ["GET", PATH],
        ["POST", PATH],
      ],
      held: [["sec_1", "deploy"]],
    },
    {
      what: "an update",
      declared: { ...args, name: "sign" },
      sent: [["PATCH", `${PATH}/sec_1`]],
      held: [["sec_1", "sign"]],
    },
    {
      what: "a replacement",
      declared: { ...args, name: "sign", entityId: "ent_2" },
      sent: [
        ["POST", PATH],
        ["DELETE", `${PATH}/sec_1`],
      ],
      held: [["sec_2", "sign"]],
    },
    { what: "a delete", sent: [["DELETE", `${PATH}/sec_2`]], held: [] },
  ];

/** Three in a row, because each retry may hit the next one. */
const PASSING: Record<string, FaultKind[]> = {
  "a create": [{ status: 503 }, { drop: "before" }, { body: "html" }],
  "an update": [{ drop: "after" }, { body: "foreign-json" }, { status: 503, when: "after" }],
  "a replacement": [{ body: "truncated" }, { status: 429 }, { drop: "before" }],
  "a delete": [{ body: "cut-off" }, { body: "empty" }, { status: 502, body: "<html>bad gateway</html>" }],
};

/** One test for each write. They run one after another in one scene. */
function atEachWrite(
  disturb: (scene: Scene, what: string, method: string) => void,
  check: (scene: Scene, what: string) => void,
): void {
  let scene: Scene;
  before(async () => (scene = await openScene()));
  after(() => scene.close());

  for (const { what, declared, sent, held } of WRITES) {
    it(`${what} succeeds`, async () => {
      scene.declare(declared ? { a: declared } : {});
      scene.keycard.clearLog();
      disturb(scene, what, sent.find(([method]) => method !== "GET")?.[0] ?? "");
      await scene.stack.up();
      // A write that was answered with 401 had no effect, and is sent again.
      const done = scene.keycard.requests.filter(({ status }) => status !== 401);
      assert.deepEqual(
        done.map(({ method, path }) => [method, path]),
        sent,
      );
      const secrets = scene.keycard.secrets();
      assert.deepEqual(
        secrets.map(({ id, name }) => [id, name]),
        held,
      );
      check(scene, what);
      scene.keycard.clearLog();
      const { changes } = await scene.stack.up();
      assert.deepEqual([changes, scene.keycard.calls()], [{ same: held.length + 1 }, []]);
    });
  }
}

describe("a token endpoint that fails for a while", () => {
  atEachWrite(
    ({ keycard }, what) => {
      for (const kind of PASSING[what] ?? []) keycard.faults.add({ path: TOKEN_PATH, kind });
    },
    ({ keycard: { tokenRequests } }, what) => {
      assert.deepEqual(
        tokenRequests.map(({ fault }) => fault),
        [...(PASSING[what] ?? []), undefined],
      );
      assert.equal(new Set(tokenRequests.map(({ requestId }) => requestId)).size, 1);
    },
  );
});

describe("a token that expires on its way", () => {
  atEachWrite(
    ({ keycard }, _what, method) => {
      keycard.faults.add({ kind: { shortLivedToken: 1 } });
      keycard.faults.add({ method, kind: { delayMs: 1_200 } });
    },
    ({ keycard: { requests, tokenRequests } }) => {
      const [late, again] = requests.filter(({ method }) => method !== "GET");
      assert.deepEqual([late?.status, late?.requestId], [401, again?.requestId]);
      assert.equal(tokenRequests.length, 2);
    },
  );
});

describe("tokens that live for a second", () => {
  const COUNT = 12;
  let scene: Scene;
  before(async () => (scene = await openScene({ switches: { tokenExpiresIn: 1 } })));
  after(() => scene.close());

  it("short-lived tokens are renewed during a long run", async () => {
    const names = Array.from({ length: COUNT }, (_, i) => `s${i}`);
    scene.declare(Object.fromEntries(names.map((name) => [name, { entityId: "ent_1", data: token(name) }])));
    scene.keycard.faults.add({ method: "POST", kind: { delayMs: 400, when: "after" }, times: Infinity });
    await scene.stack.up({ parallel: 2 });
    const { requests, tokenRequests } = scene.keycard;
    // On a busy machine a token may still expire on its way.
    const done = requests.filter(({ method, status }) => method === "POST" && status !== 401);
    assert.deepEqual(
      done.map(({ status }) => status),
      names.map(() => 201),
    );
    assert.ok(tokenRequests.length >= 3, `${tokenRequests.length} tokens`);
    assert.deepEqual(
      scene.keycard
        .secrets()
        .map(({ name }) => name)
        .sort(),
      names.sort(),
    );
  });

  it("one new token replaces tokens that are revoked during a run", async () => {
    scene.keycard.faults.clear();
    scene.keycard.switches.tokenExpiresIn = 3600;
    scene.keycard.faults.add({ method: "DELETE", after: 4, kind: { revokeToken: true } });
    scene.keycard.clearLog();
    await scene.stack.destroy({ parallel: 4 });
    assert.equal(scene.keycard.tokenRequests.length, 2);
    assert.deepEqual(scene.keycard.secrets(), []);
  });
});

describe("credentials that have worked", () => {
  let scene: Scene;
  before(async () => (scene = await openScene({ switches: { tokenAuth: "basic", tokenExpiresIn: 1 } })));
  after(() => scene.close());

  it("one 401 to a renewal does not fail a run", async () => {
    const names = Array.from({ length: 6 }, (_, i) => `s${i}`);
    scene.declare(Object.fromEntries(names.map((name) => [name, { entityId: "ent_1", data: token(name) }])));
    scene.keycard.faults.add({ method: "POST", kind: { delayMs: 400, when: "after" }, times: Infinity });
    scene.keycard.faults.add({ path: TOKEN_PATH, after: 1, kind: { status: 401 } });
    await scene.stack.up({ parallel: 2 });
    const statuses = scene.keycard.tokenRequests.map(({ status }) => status);
    assert.deepEqual(statuses.slice(0, 3), [200, 401, 200]);
    assert.equal(scene.keycard.secrets().length, names.length);
  });

  it("credentials that never worked are sent twice, whatever the run needs", async () => {
    scene.keycard.faults.clear();
    scene.keycard.clearLog();
    scene.keycard.faults.add({ path: TOKEN_PATH, kind: { status: 401 }, times: Infinity });
    const { error } = await scene.stack.destroyFails({ parallel: 4, continueOnError: true });
    assert.match(error, /Keycard rejected/);
    assert.equal(scene.keycard.tokenRequests.length, 2);
    scene.keycard.faults.clear();
    await scene.stack.destroy();
  });
});

describe("a page in place of every answer", () => {
  let scene: Scene;
  before(async () => (scene = await openScene()));
  after(() => scene.close());

  it("a page instead of every answer is reported within 20 s", async () => {
    scene.declare({ a: args, b: { ...args, name: "other" } });
    scene.keycard.faults.add({ path: /./, kind: { body: "html" }, times: Infinity });
    const { error } = await scene.stack.upFails({ continueOnError: true });
    const said = /answered 200 with a body that is not JSON \(request \S+, tried (\d+) times in (\d+) s\)/;
    const [, attempts = 0, seconds = 99] = (said.exec(error) ?? assert.fail(error)).map(Number);
    assert.ok(seconds <= 20, `after ${seconds} s`);
    // Two secrets share one token request, or make one each if the first has already failed.
    assert.ok(scene.keycard.tokenRequests.length <= 2 * attempts);
  });
});
