import assert from "node:assert/strict";
import { startKeycard } from "../emulator";
import { assertRequests } from "./support/assert-requests";
import { openScene, token, type Declared, type Scene } from "./support/scene";

const ENTITIES = ["ent_1", "ent_2", "ent_3"];
const SECRETS = 12;

/** What each command requests from Keycard: no more than it needs. */
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

  const requestsAre = (expected: Record<string, number>, run: () => Promise<unknown>) =>
    assertRequests(scene.keycard, run, expected);

  it("the requests are printed if their number is not the expected one", async () => {
    const keycard = await startKeycard({ secrets: [{ id: "sec_1" }] });
    const read = () =>
      fetch(`${keycard.url}/zones/zone_1/secrets/sec_1`, {
        headers: { authorization: `Bearer ${keycard.accessToken}` },
      });
    try {
      await assert.rejects(
        assertRequests(keycard, read, { list: 1 }),
        /The requests were:\n {2}GET \/zones\/zone_1\/secrets\/sec_1 200/,
      );
    } finally {
      await keycard.close();
    }
  });

  for (const list of ["array", "items"] as const) {
    describe(`with listings as ${list}`, () => {
      before(async () => {
        scene = await openScene({ switches: { list } });
        scene.declare(declared());
      });
      after(() => scene.close());

      it("a preview sends no request", async () => {
        await requestsAre({}, () => scene.stack.preview());
      });

      it("a create sends one POST per secret and one listing per entity", async () => {
        await requestsAre({ token: 1, list: ENTITIES.length, POST: SECRETS }, () => scene.stack.up());
      });

      it("an up without changes sends no request", async () => {
        await requestsAre({}, () => scene.stack.up());
      });

      it("a refresh sends one listing per entity", async () => {
        const refresh = async () =>
          assert.deepEqual((await scene.stack.refresh()).changes, { same: SECRETS + 1 });
        await requestsAre({ token: 1, list: ENTITIES.length }, refresh);
        assert.deepEqual(scene.keycard.requests.map(({ query }) => query["entity_id"]).sort(), ENTITIES);
      });

      it("an update sends one PATCH per secret", async () => {
        scene.declare(declared("Changed"));
        await requestsAre({ token: 1, PATCH: SECRETS }, () => scene.stack.up());
      });

      it("a refresh after a change of another field sends one more GET per secret, once", async () => {
        const refresh = () => scene.stack.refresh();
        await requestsAre({ token: 1, list: ENTITIES.length, GET: SECRETS }, refresh);
        await requestsAre({ token: 1, list: ENTITIES.length }, refresh);
      });

      it("a refresh sends one more GET per drifted secret", async () => {
        scene.keycard.edit(await scene.idOf("s0"), { data: token("rotated") });
        scene.keycard.edit(await scene.idOf("s1"), { name: "renamed" });
        await requestsAre(
          {
            token: 1,
            list: ENTITIES.length,
            GET: 2,
          },
          () => scene.stack.refresh(),
        );
        await requestsAre({ token: 1, PATCH: 2 }, () => scene.stack.up());
      });

      it("up --refresh sends the requests of a refresh and of an update", async () => {
        scene.keycard.edit(await scene.idOf("s2"), { description: "Theirs" });
        await requestsAre(
          {
            token: 1,
            list: ENTITIES.length,
            // One for s1, whose name was corrected, and one for s2.
            GET: 2,
            PATCH: 1,
          },
          () => scene.stack.up({ refresh: true }),
        );
      });

      it("a destroy sends one DELETE per secret", async () => {
        await requestsAre({ token: 1, DELETE: SECRETS }, () => scene.stack.destroy());
        assert.deepEqual(scene.keycard.secrets(), []);
      });
    });
  }
});
