import assert from "node:assert/strict";
import { type Declared, openScene, token } from "../lifecycle/support/scene";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";

const SECRETS = 200;
const PER_SECOND = 20;
const MOST_REFUSED = 20;

describe(`${SECRETS} secrets in a service that allows ${PER_SECOND} requests a second`, () => {
  for (const resource of RESOURCES) {
    it(`are created with at most ${MOST_REFUSED} answers of 429, through ${NAME_OF[resource]}`, async () => {
      const scene = await openScene({ resource });
      try {
        const secrets = Array.from({ length: SECRETS }, (_, i) => [
          `s${i}`,
          { entityId: "ent_1", data: token(`v${i}`) },
        ]);
        scene.declare(Object.fromEntries(secrets) as Declared);
        scene.keycard.limitRate({ perSecond: PER_SECOND });
        await scene.stack.up({ parallel: 64 });
        const { requests } = scene.keycard;
        const refused = requests.filter(({ status }) => status === 429).length;
        const ms = (requests.at(-1)?.startedAt ?? 0) - (requests[0]?.startedAt ?? 0);
        const least = (SECRETS - PER_SECOND) / PER_SECOND;
        console.log(
          `        ${resource}: ${(ms / 1000).toFixed(1)} s, where ${least} s are possible, and ${refused} answers of 429`,
        );
        assert.equal(scene.keycard.secrets().length, SECRETS);
        assert.ok(refused <= MOST_REFUSED, `${refused} answers of 429`);
      } finally {
        await scene.close();
      }
    });
  }
});
