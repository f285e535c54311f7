import assert from "node:assert/strict";
import { fromCommand } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { startTunnelProxy } from "../support/secure-network";
import { assertShowsNone, dataOf, options } from "./support/leaks";
import { AWKWARD, repeatedForms } from "./support/planted";
import { type Kind, KINDS, refusal, repeater } from "./support/repeating-failures";
import type { RunResult } from "./support/run-result";
import { type Scene, openScene } from "./support/scene";

const LIMITED = "a 429";
const ALL = [...Object.keys(KINDS), LIMITED];
/** Each kind of failure has its own zone, so that a fault can target it. */
const zoneOf = (name: string) => name.replaceAll(" ", "-");

const valuesOf = (data: object) =>
  Object.entries(data).flatMap(([name, value]) => (name === "type" ? [] : [String(value)]));

for (const resource of RESOURCES)
  describe(`through ${NAME_OF[resource]} no planted value is shown by`, () => {
    let scene: Scene;

    before(async () => (scene = await openScene({ ...options(2, 5), resource })));
    after(() => scene.close());

    function declare(shift: number): void {
      scene.declare(
        Object.fromEntries(
          ALL.map((name, i) => [name, { zoneId: zoneOf(name), entityId: "ent_1", data: dataOf(i + shift) }]),
        ),
      );
    }

    /** The values that the service has from earlier runs. */
    const heldIn = (zone: string) =>
      scene.keycard.secrets().flatMap(({ zone_id, data }) => (zone_id === zone ? valuesOf(data) : []));

    /** Runs a command twice: first every call of a method fails in the way of its zone, then one call is rate-limited. */
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
        // A rate limit holds back all other calls, so they would not fail in their own ways.
        arm(LIMITED, refusal(400), 0);
        runs.push(await run({ continueOnError: true }));
        scene.keycard.faults.clear();
        arm(LIMITED, refusal(429), shift);
        runs.push(await run({ target: [scene.urnOf(LIMITED)], continueOnError: true }));
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

      it("no planted value is shown after a permanent 429", () => {
        const lines = errorsOf(LIMITED, runs[1] ?? assert.fail());
        assert.match(lines[0] ?? "", /answered 429, saying ".*\[redacted\].*tried \d+ times in \d/);
      });

      it("no planted value was printed, logged or stored", async () => {
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
      failing("GET", 2, ({ target }) =>
        scene.stack.refreshFails({ parallel: 16, ...(target && { target }) }),
      );
    });

    describe("a delete that fails by", () => {
      failing("DELETE", 3, (options) => scene.stack.destroyFails({ parallel: 16, ...options }));
    });
  });

describe("no planted value is shown by", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  it("a proxy that repeats rejected credentials does not make the error show them", async () => {
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
    assert.match(run.error, /answered 407 /);
    await assertShowsNone(scene, [run]);
  });

  it("a command that repeats its output and its arguments does not make the error show them", async () => {
    const { env, ...others } = options(1, 2);
    scene = await openScene({
      ...others,
      env: { ...env, OTHER_PASSWORD: AWKWARD.password, PLANTED_TOKEN: AWKWARD.token },
    });
    const command = (script: string) =>
      fromCommand(["sh", "-c", script], { passEnv: ["KEYCARD_CLIENT_SECRET"] });
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
