import assert from "node:assert/strict";
import type { RateLimit } from "../emulator";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Declared, type Scene, openScene, token } from "./support/scene";

const SECRETS = 40;

for (const resource of RESOURCES)
  describe(`through ${NAME_OF[resource]} a service that limits the rate`, () => {
    let scene: Scene;
    beforeEach(async () => (scene = await openScene({ resource })));
    afterEach(() => scene.close());

    const limits: [what: string, limit: RateLimit][] = [
      ["10 a second, with Retry-After", { perSecond: 10 }],
      ["10 a second, with the headers of draft 8", { perSecond: 10, says: "draft-8" }],
    ];
    for (const [what, limit] of limits) {
      it(`gets each secret once, at its rate: ${what}`, async () => {
        const secrets = Object.fromEntries(
          Array.from({ length: SECRETS }, (_, i) => [`s${i}`, { entityId: "ent_1", data: token(`v${i}`) }]),
        ) satisfies Declared;
        scene.declare(secrets);
        scene.keycard.limitRate(limit);
        await scene.stack.up({ parallel: 64 });
        const { requests } = scene.keycard;
        const refused = requests.filter(({ status }) => status === 429).length;
        assert.equal(scene.keycard.secrets().length, SECRETS);
        assert.ok(refused <= 20, `${refused} answers of 429`);
        const ms = (requests.at(-1)?.startedAt ?? 0) - (requests[0]?.startedAt ?? 0);
        // A busy machine may take longer, but nobody can be faster.
        assert.ok(ms >= ((SECRETS - 10) / 10) * 1000 - 100, `${ms} ms`);
        scene.keycard.limitRate(undefined);
        assert.deepEqual((await scene.stack.up()).changes, { same: SECRETS + 1 });
      });
    }

    it("an update outlives an outage, and one line says what it waits for", async () => {
      scene.declare({ a: { entityId: "ent_1", description: "before", data: token("a") } });
      await scene.stack.up();
      scene.declare({ a: { entityId: "ent_1", description: "after", data: token("a") } });
      const fault = scene.keycard.faults.add({ kind: { status: 503 }, times: Infinity });
      setTimeout(() => fault.remove(), 20_000);
      const { diagnostics } = await scene.stack.up();
      assert.deepEqual(
        scene.keycard.secrets().map(({ description }) => description),
        ["after"],
      );
      const lines = diagnostics.filter((line) => line.includes("Waiting for Keycard"));
      assert.equal(lines.length, 1, diagnostics.join("\n"));
      assert.match(
        lines[0] ?? "",
        /Waiting for Keycard: PATCH \S+ answered 503.* until [\d:]+ UTC, for up to 16\d s more/,
      );
    });
  });
