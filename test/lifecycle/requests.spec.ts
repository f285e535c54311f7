import assert from "node:assert/strict";
import { openScene, token, type Declared, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";
const ENTITIES = ["ent_1", "ent_2", "ent_3"];
const SECRETS = 12;

/** What each command asks Keycard for, which is as little as there can be. */
describe("the requests of a run", () => {
  let scene: Scene;

  const names = Array.from({ length: SECRETS }, (_, i) => `s${i}`);
  const declared = (description?: string): Declared =>
    Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          entityId: ENTITIES[i % ENTITIES.length] ?? "",
          data: token(name),
          ...(description !== undefined && { description }),
        },
      ]),
    );

  /** Runs a command, and says what it asked for: how many requests of each kind, a token being one of them. */
  async function requestsOf(run: () => Promise<unknown>): Promise<Record<string, number>> {
    scene.keycard.clearLog();
    await run();
    const counts: Record<string, number> = {};
    const { tokenRequests, requests } = scene.keycard;
    for (const { method, path } of [...tokenRequests, ...requests]) {
      const [kind] = [path === PATH && method === "GET" ? "list" : path.startsWith(PATH) ? method : "token"];
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }

  for (const list of ["array", "items"] as const) {
    describe(`with listings as ${list}`, () => {
      before(async () => {
        scene = await openScene({ switches: { list } });
        scene.declare(declared());
      });
      after(() => scene.close());

      it("are none for a preview", async () => {
        assert.deepEqual(await requestsOf(() => scene.stack.preview()), {});
      });

      it("are one POST for each secret created", async () => {
        assert.deepEqual(await requestsOf(() => scene.stack.up()), { token: 1, POST: SECRETS });
      });

      it("are none where nothing changed", async () => {
        assert.deepEqual(await requestsOf(() => scene.stack.up()), {});
      });

      it("are one listing for each entity on a refresh", async () => {
        const refresh = async () =>
          assert.deepEqual((await scene.stack.refresh()).changes, { same: SECRETS + 1 });
        assert.deepEqual(await requestsOf(refresh), { token: 1, list: ENTITIES.length });
        assert.deepEqual(scene.keycard.requests.map(({ query }) => query["entity_id"]).sort(), ENTITIES);
      });

      it("are one PATCH for each secret changed", async () => {
        scene.declare(declared("Changed"));
        assert.deepEqual(await requestsOf(() => scene.stack.up()), { token: 1, PATCH: SECRETS });
      });

      it("are one GET more for each secret that drifted", async () => {
        scene.keycard.edit(await scene.idOf("s0"), { data: token("rotated") });
        scene.keycard.edit(await scene.idOf("s1"), { name: "renamed" });
        assert.deepEqual(await requestsOf(() => scene.stack.refresh()), {
          token: 1,
          list: ENTITIES.length,
          GET: 2,
        });
        assert.deepEqual(await requestsOf(() => scene.stack.up()), { token: 1, PATCH: 2 });
      });

      it("are the refresh's and the update's where both are one command", async () => {
        scene.keycard.edit(await scene.idOf("s2"), { description: "Theirs" });
        assert.deepEqual(await requestsOf(() => scene.stack.up({ refresh: true })), {
          token: 1,
          list: ENTITIES.length,
          GET: 1,
          PATCH: 1,
        });
      });

      it("are one DELETE for each secret destroyed", async () => {
        assert.deepEqual(await requestsOf(() => scene.stack.destroy()), { token: 1, DELETE: SECRETS });
        assert.deepEqual(scene.keycard.secrets(), []);
      });
    });
  }
});
