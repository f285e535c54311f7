import assert from "node:assert/strict";
import { isFingerprintOf } from "../../provider/values/fingerprint";
import type { SecretData, Switches } from "../emulator";
import { seededRandom } from "../emulator/faults";
import { type Declared, type Scene, PLANTED, openScene } from "../lifecycle/support/scene";
import { type ResourceKind, NAME_OF } from "../support/resource-kinds";
import { assertMeans } from "./assert-means";
import { assertValue } from "./assert-value";
import { FAULTS, SHORT_LIVED, anyHabits, anySecret, changed } from "./weather";

const SECRETS = 60;
const ROUNDS = 4;
const SHARE = 0.2;
const MOST_UPS = 2;

/**
 * Changes secrets in rounds, while a fifth of the requests fail and the service changes its habits in each round.
 *
 * @param resource - how the program declares secrets
 * @param seed - determines the secrets, the changes and the faults
 */
export function storm(seed: number, resource: ResourceKind): void {
  describe(`a storm with seed ${seed} through ${NAME_OF[resource]}`, () => {
    const random = seededRandom(seed);
    let declared: Declared = {};
    let scene: Scene;

    before(async () => {
      scene = await openScene({
        seed,
        resource,
        config: { "keycard-secrets:attemptTimeoutSeconds": "1", "keycard-secrets:totalTimeoutSeconds": "60" },
      });
    });
    after(() => scene.close());

    /** @returns a function that ends the faults that no run can outlive */
    function raise(): () => void {
      // The first matching fault applies, so each gets its share of the requests that the earlier ones leave.
      const faults = FAULTS.map((kind, i) => {
        const each = SHARE / FAULTS.length;
        const probability = each / (1 - i * each);
        const fault = scene.keycard.faults.add({ kind, probability, times: Infinity, path: /secrets|token/ });
        return { kind, fault };
      });
      scene.keycard.faults.add(SHORT_LIVED);
      return () => {
        for (const { kind, fault } of faults) if ("redirect" in kind) fault.remove();
      };
    }

    /** The end of the previous round. */
    let earlier: { declared: Declared; data: Map<string, SecretData> } = { declared: {}, data: new Map() };
    /** All values that were generated so far. */
    const made = new Set<string>();

    /** How the service changed what it stored, in each round so far. */
    const habits: Switches[] = [];
    // The order of the requests determines which of them fail, so a single round may have no failure.
    const sent: { requests: number; hit: number }[] = [];

    for (let round = 1; round <= ROUNDS; round++) {
      it(`Keycard has exactly what is declared after round ${round}`, async () => {
        declared =
          round === 1
            ? Object.fromEntries(Array.from({ length: SECRETS }, (_, i) => [`s${i}`, anySecret(random)]))
            : changed(declared, random, SECRETS);
        scene.declare(declared);
        const endRedirects = raise();
        Object.assign(scene.keycard.switches, anyHabits(random));
        habits.push({ ...scene.keycard.switches });
        scene.keycard.clearLog();
        let ups = 0;
        let error: string | undefined = "";
        for (; error !== undefined && ups < MOST_UPS; ups++) {
          error = await scene.stack.up({ parallel: 16 }).then(
            () => undefined,
            (reason: unknown) => (reason as Error).message,
          );
          endRedirects();
        }
        noteMade();
        const { requests } = scene.keycard;
        const hit = requests.filter(({ fault }) => fault !== undefined).length;
        const tokens = scene.keycard.tokenRequests.length;
        console.log(
          `        seed ${seed}: ${requests.length} requests, ${hit} of them hit, ${tokens} for tokens, ${ups} up(s)`,
        );
        sent.push({ requests: requests.length, hit });
        assert.equal(error, undefined, `${MOST_UPS} runs were not enough`);

        scene.keycard.faults.clear();
        scene.keycard.clearLog();
        const calm = await scene.stack.up();
        noteMade();
        await assertExact();
        await assertNotKept();
        earlier = { declared, data: new Map(scene.keycard.secrets().map(({ id, data }) => [id, data])) };
        console.log(`        seed ${seed}: then ${JSON.stringify(calm.changes)}`);
        assert.deepEqual((await scene.stack.up()).changes, { same: SECRETS + 1 });
      });
    }

    it("the storm hits about as many requests as planned", () => {
      const sum = (of: "requests" | "hit") => sent.reduce((total, round) => total + round[of], 0);
      assert.ok(sum("hit") / sum("requests") > SHARE / 2, "there was hardly a storm");
    });

    /** Asserts that Keycard has exactly what is declared, and that the state has the IDs. */
    async function assertExact(): Promise<void> {
      const { resources } = await scene.stack.exportState();
      const ids = new Map(resources.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id ?? ""]));
      const expected = new Map(
        Object.entries(declared).map(([name, args]) => [ids.get(name) ?? "", { name, args }]),
      );
      const kept = scene.keycard.secrets();
      assert.deepEqual(kept.map(({ id }) => id).sort(), [...expected.keys()].sort());
      for (const secret of kept) {
        const { name, args } = expected.get(secret.id) ?? assert.fail();
        assertMeans(secret, { name, ...args }, habits);
        const past = { declared: earlier.declared[name]?.data, data: earlier.data.get(secret.id) };
        assertValue(secret.id, secret.data, args.data, past);
      }
    }

    function noteMade(): void {
      for (const { body } of scene.keycard.calls()) {
        const { data } = (body ?? {}) as { data?: SecretData };
        const value = data && (data.type === "token" ? data.token : data.password);
        if (value !== undefined && !value.startsWith(PLANTED)) made.add(value);
      }
    }

    /** Asserts that the state has only the fingerprint of each generated value, and that no value is stored. */
    async function assertNotKept(): Promise<void> {
      const { resources } = await scene.stack.exportState();
      for (const { id = "", outputs } of resources) {
        const { plaintext = "{}" } = (outputs?.["data"] ?? {}) as { plaintext?: string };
        const { token, password } = JSON.parse(plaintext) as Record<
          string,
          { generated?: object; fingerprint: string }
        >;
        const value = token ?? password;
        if (value?.generated === undefined) continue;
        const data = scene.keycard.secret(id)?.data ?? assert.fail();
        assert.ok(
          await isFingerprintOf(value.fingerprint, data.type === "token" ? data.token : data.password),
        );
      }
      assert.ok(made.size > 0, "no value was generated");
      const decrypted = JSON.stringify(resources);
      const [stored, printed] = [await scene.stack.storedText(), scene.stack.allText()];
      for (const value of made) {
        for (const text of [decrypted, stored, printed]) assert.ok(!text.includes(value), "a value was kept");
      }
    }
  });
}
