import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import type { Fault, FaultKind } from "../emulator";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, openScene, token } from "./support/scene";
import type { StateResource } from "./support/workspace";

const ATTEMPT_S = 1.5;
const TOO_LONG_MS = 2_500;

/**
 * Every way in which one request can fail and the next one succeed. Each has its own zone, so that a fault can target it.
 */
const PASSING: Record<string, FaultKind> = {
  "a connection lost before the work": { drop: "before" },
  "a connection lost after the work": { drop: "after" },
  "a 500 before the work": { status: 500 },
  "a 502 before the work": { status: 502, body: "<html>bad gateway</html>" },
  "a 503 after the work": { status: 503, when: "after" },
  "a 504 after the work": { status: 504, when: "after", body: "" },
  "a 408 before the work": { status: 408 },
  "a 425 before the work": { status: 425 },
  "a 429 that asks for a second": { status: 429, headers: { "retry-after": "1" } },
  "a delay before the work": { delayMs: TOO_LONG_MS },
  "a delay after the work": { delayMs: TOO_LONG_MS, when: "after" },
  "a truncated answer": { body: "truncated" },
  "an answer that is cut off": { body: "cut-off" },
  "a page in place of an answer": { body: "html" },
  "an empty answer": { body: "empty" },
  "foreign JSON in place of an answer": { body: "foreign-json" },
  "slow headers": { slowHeaders: TOO_LONG_MS },
  "a slow body": { slowBody: TOO_LONG_MS },
  "an answer of which nothing comes": { endless: "nothing" },
  "an answer that is announced for ever": { endless: "interim" },
  "headers without an end": { endless: "headers" },
  "a body without an end": { endless: "body" },
  "a revoked token": { revokeToken: true },
};

const KINDS = Object.keys(PASSING);
const zoneOf = (kind: string) => kind.replaceAll(" ", "-");

for (const resource of RESOURCES)
  describe(`through ${NAME_OF[resource]} nothing is lost and nothing doubled by`, () => {
    let scene: Scene;
    let state: StateResource[];

    before(async () => {
      const seconds = String(ATTEMPT_S);
      scene = await openScene({ resource, config: { "keycard:attemptTimeoutSeconds": seconds } });
    });
    after(() => scene.close());

    /** Runs a command while each kind of fault hits one request of its own secret. */
    function struck(method: string, run: () => Promise<unknown>): Record<string, Fault> {
      const faults: Record<string, Fault> = {};
      before(async () => {
        for (const kind of KINDS) {
          const path = new RegExp(`/zones/${zoneOf(kind)}/`);
          Object.assign(faults, { [kind]: scene.keycard.faults.add({ method, path, kind: faultOf(kind) }) });
        }
        await run();
        ({ resources: state } = await scene.stack.exportState());
      });
      return faults;
    }

    function declare(args: Partial<SecretArgs>): void {
      const common = { entityId: "ent_1", description: "As declared", data: token("declared") };
      scene.declare(
        Object.fromEntries(KINDS.map((kind) => [kind, { ...common, ...args, zoneId: zoneOf(kind) }])),
      );
    }

    const held = (kind: string) => scene.keycard.secrets().filter(({ zone_id }) => zone_id === zoneOf(kind));

    function assertHeldOnce(kind: string, expected: object): void {
      const secrets = held(kind);
      assert.equal(secrets.length, 1);
      const [secret] = secrets;
      assert.deepEqual({ ...secret, ...expected }, secret);
      const ids = state.filter(({ urn }) => urn.endsWith(`::${kind}`)).map(({ id }) => id);
      assert.deepEqual(ids, [secret?.id]);
    }

    describe("a create that meets", () => {
      const faults = struck("POST", () => (declare({}), scene.stack.up({ parallel: 16 })));
      for (const kind of KINDS) {
        it(kind, () => {
          assert.equal(faults[kind]?.hits, 1);
          assertHeldOnce(kind, { description: "As declared", data: token("declared") });
        });
      }
    });

    describe("an update that meets", () => {
      const faults = struck("PATCH", () => {
        declare({ description: "Changed", metadata: { team: "b" }, data: token("changed") });
        return scene.stack.up({ parallel: 16 });
      });
      for (const kind of KINDS) {
        it(kind, () => {
          assert.equal(faults[kind]?.hits, 1);
          assertHeldOnce(kind, {
            description: "Changed",
            metadata: { team: "b" },
            data: token("changed"),
          });
        });
      }
    });

    describe("a replacement that meets", () => {
      const faults = struck("POST", () => {
        declare({ entityId: "ent_2", data: token("changed") });
        return scene.stack.up({ parallel: 16 });
      });
      for (const kind of KINDS) {
        it(kind, () => {
          assert.equal(faults[kind]?.hits, 1);
          assertHeldOnce(kind, { entity_id: "ent_2", data: token("changed") });
        });
      }
    });

    describe("a delete that meets", () => {
      const faults = struck("DELETE", () => scene.stack.destroy({ parallel: 16 }));
      for (const kind of KINDS) {
        it(kind, () => {
          assert.equal(faults[kind]?.hits, 1);
          assert.deepEqual(held(kind), []);
        });
      }
    });
  });

function faultOf(kind: string): FaultKind {
  const fault = PASSING[kind];
  assert.ok(fault);
  return fault;
}
