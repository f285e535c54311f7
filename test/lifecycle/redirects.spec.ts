import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";
import type { RunResult } from "./support/run-result";

const STATUSES = [301, 302, 303, 307, 308];
const zoneOf = (status: number) => `zone-${status}`;
const nameOf = (status: number) => `moved-${status}`;

describe("a redirect", () => {
  let scene: Scene;

  before(async () => (scene = await openScene({ config: { "keycard:totalTimeoutSeconds": "60" } })));
  after(() => scene.close());

  function declare(args: Partial<SecretArgs>): void {
    const all = STATUSES.map((status) => [
      nameOf(status),
      { zoneId: zoneOf(status), entityId: "ent_1", description: "First", data: token("first"), ...args },
    ]);
    scene.declare(Object.fromEntries(all) as Record<string, SecretArgs>);
  }

  /** The secrets of each zone, in the order of the statuses. */
  const held = () =>
    STATUSES.map((status) =>
      scene.keycard
        .secrets()
        .filter(({ zone_id }) => zone_id === zoneOf(status))
        .map(({ entity_id, description, data }) => ({ entity_id, description, data })),
    );

  /** Runs a command while every call of a method is redirected, and expects an error for each. */
  async function redirected(
    method: string,
    run: () => Promise<RunResult & { error: string }>,
    remedy: (status: number) => RegExp = () => /The endpoint is probably not the address of Keycard's API/,
  ): Promise<void> {
    for (const status of STATUSES) {
      const path = new RegExp(`/zones/${zoneOf(status)}/`);
      // If the client followed the redirect, the work would be done at an address without faults.
      const redirect = `${scene.keycard.url}/zones/elsewhere/secrets`;
      scene.keycard.faults.add({ method, path, times: Infinity, kind: { redirect, status } });
    }
    scene.keycard.clearLog();
    const before = held();
    const { error } = await run();
    scene.keycard.faults.clear();
    assert.deepEqual(held(), before);
    for (const status of STATUSES) {
      const line = error
        .split("\n")
        .find((text) => text.includes(`Could not`) && text.includes(zoneOf(status)));
      assert.match(
        line ?? "",
        new RegExp(`${method} /zones/${zoneOf(status)}/secrets\\S* answered ${status} \\(`),
      );
      assert.match(line ?? "", remedy(status));
    }
    const paths = scene.keycard.calls().map(({ path }) => path);
    assert.ok(!paths.some((path) => path.includes("elsewhere")), "a redirect was followed");
  }

  /** Asserts one secret in each zone, with the ID that is in the state. */
  async function assertExact(expected: object): Promise<void> {
    assert.deepEqual(
      held(),
      STATUSES.map(() => [expected]),
    );
    for (const status of STATUSES) {
      const [secret] = scene.keycard.secrets().filter(({ zone_id }) => zone_id === zoneOf(status));
      assert.equal(await scene.idOf(nameOf(status)), secret?.id);
    }
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: STATUSES.length + 1 });
    assert.deepEqual(scene.keycard.calls(), []);
  }

  const up = () => scene.stack.upFails({ parallel: 16, continueOnError: true });

  it("a redirect of a create is an error, and the next up creates the secret", async () => {
    declare({});
    // A 303 points to the result, so the provider searches for the secret before it reports the error.
    await redirected("POST", up, (status) =>
      status === 303 ? /Keycard has no such secret/ : /The endpoint/,
    );
    await scene.stack.up();
    await assertExact({ entity_id: "ent_1", description: "First", data: token("first") });
  });

  it("a redirect of an update is an error, and the next up sends it", async () => {
    declare({ description: "Second", data: token("second") });
    await redirected("PATCH", up);
    await scene.stack.up();
    await assertExact({ entity_id: "ent_1", description: "Second", data: token("second") });
  });

  it("a redirect of a replacement is an error, and the next up replaces", async () => {
    declare({ entityId: "ent_2" });
    await redirected("POST", up, (status) =>
      status === 303 ? /Keycard has no such secret/ : /The endpoint/,
    );
    await scene.stack.up();
    await assertExact({ entity_id: "ent_2", description: "First", data: token("first") });
  });

  it("a redirect of a delete is an error, and the next destroy deletes", async () => {
    await redirected("DELETE", () => scene.stack.destroyFails({ parallel: 16, continueOnError: true }));
    await scene.stack.destroy();
    assert.deepEqual(scene.keycard.secrets(), []);
  });
});
