import * as fc from "fast-check";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { sameJson } from "../../provider/json";
import type { Metadata, SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { SecretData } from "../../provider/values/types";
import { type Keycard, type Switches, startKeycard } from "../emulator";
import { SecretProvider } from "../support/dynamic-resource";
import { type Calls, pluginCalls } from "../support/plugin-calls";
import { NAME_OF } from "../support/resource-kinds";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const data: fc.Arbitrary<SecretData> = fc.oneof(
  fc.record({ type: fc.constant("token" as const), token: text }),
  fc.record({ type: fc.constant("password" as const), username: text, password: text }),
);

// An object cannot have a `null` if PATCH requests are merged, because `null` removes a key.
const { json } = fc.letrec<{ json: unknown; object: Metadata }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "c", "toString"), tie("json"), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));
const metadata = fc.dictionary(fc.constantFrom("team", "tags", "a", ""), json, {
  maxKeys: 3,
  noNullPrototype: true,
});

const inputs: fc.Arbitrary<SecretInputs> = fc
  .record(
    {
      name: text,
      data,
      description: text,
      metadata,
    },
    { requiredKeys: ["name", "data"] },
  )
  .map((args) => plain({ zoneId: "zone_1", entityId: "ent_1", ...args }));

const switches = (clearing: Switches["clearing"][]): fc.Arbitrary<Partial<Switches>> =>
  fc.record({
    clearing: fc.constantFrom(...clearing),
    metadata: fc.constantFrom("replace", "merge", "deep-merge"),
    version: fc.constantFrom("every-update", "data-only"),
    clearedAs: fc.constantFrom("absent", "null", "empty"),
  });

/** Fewer runs through the plugin, which only converts: it decides nothing itself. */
const RUNS = { dynamic: 1, native: 0.4 };

for (const resource of ["dynamic", "native"] as const)
  describe(`for any two sets of arguments and any semantics of the API, through ${NAME_OF[resource]}`, function () {
    this.timeout(60_000);

    let keycard: Keycard;
    let provider: Calls;
    let environment: string | undefined;

    before(async () => {
      keycard = await startKeycard();
      const settings = { endpoint: keycard.url, accessToken: keycard.accessToken };
      environment = process.env["NO_PROXY"];
      process.env["NO_PROXY"] = "127.0.0.1";
      provider = resource === "native" ? pluginCalls(settings) : await dynamicCalls(settings);
    });
    after(() => {
      if (environment === undefined) delete process.env["NO_PROXY"];
      else process.env["NO_PROXY"] = environment;
      return keycard.close();
    });

    const checked = async (args: SecretInputs) =>
      (await provider.check({}, { ...args })).inputs as SecretInputs;

    /**
     * Creates a secret after deleting all others: each read lists the secrets, and the listing would grow with the
     * examples.
     */
    async function create(args: SecretInputs) {
      for (const { id } of keycard.secrets()) keycard.remove(id);
      const created = await provider.create(await checked(args));
      keycard.clearLog();
      return { id: created.id, state: created.outs as SecretState };
    }

    const differs = async (id: string, state: SecretState, news: SecretInputs) =>
      (await provider.diff(id, state, news)).changes !== false;

    function assertHeld(id: string, expected: Partial<SecretInputs>) {
      const { name, description, metadata, data } = keycard.secret(id) ?? assert.fail();
      const held = { name, data, ...(description && { description }), ...(metadata && { metadata }) };
      const wanted = Object.entries(expected).filter(([key]) => key in FIELDS);
      // Metadata with only null members is treated as absent.
      assert.ok(sameJson({ metadata: {}, ...held }, { metadata: {}, ...Object.fromEntries(wanted) }));
    }

    it("the PATCHes change one set into the other, contain nothing else, and no more follow", async () => {
      const some = switches(["empty", "null"]);
      const property = fc.asyncProperty(inputs, inputs, some, async (first, second, semantics) => {
        Object.assign(keycard.switches, semantics);
        const news = await checked(second);
        const { id, state } = await create(first);
        if (!(await differs(id, state, news))) {
          assertHeld(id, news);
          return;
        }
        const outs = (await provider.update(id, state, news)).outs as SecretState;
        assertHeld(id, news);

        const olds = await checked(first);
        const patches = keycard.calls().filter(({ method }) => method === "PATCH");
        // At most three: one that is rejected, one in another form, and one that corrects.
        assert.ok(patches.length <= 3 && patches.length === keycard.calls().length);
        const sent = patches.flatMap(({ body }) => Object.keys(body as object));
        for (const field of sent) {
          assert.ok(
            !isDeepStrictEqual(olds[field as "name"], news[field as "name"]),
            `${field} did not change`,
          );
        }
        assert.equal(await differs(id, outs, news), false);
        const read = await provider.read(id, outs);
        const { __valueVersion, ...known } = outs;
        assert.ok(__valueVersion === undefined || __valueVersion < known.version);
        assert.deepEqual(read.props as SecretState, known);
      });
      await fc.assert(property, { numRuns: 400 * RUNS[resource], seed: 4 });
    });

    it("the state is correct if Keycard ignores what would clear", async () => {
      const property = fc.asyncProperty(
        inputs,
        inputs,
        switches(["never", "null-ignoring-empty"]),
        async (first, second, semantics) => {
          Object.assign(keycard.switches, semantics);
          const news = await checked(second);
          const { id, state } = await create(first);
          if (!(await differs(id, state, news))) return;
          const recorded = await provider.update(id, state, news).then(
            ({ outs }) => outs as SecretState,
            (error: unknown) => (error as { properties: SecretState }).properties,
          );
          assertHeld(id, recorded);
        },
      );
      await fc.assert(property, { numRuns: 150 * RUNS[resource], seed: 4 });
    });
  });

async function dynamicCalls(settings: Record<string, string>): Promise<Calls> {
  const provider = new SecretProvider();
  const get = (key: string) => settings[key.replace("keycard-secrets:", "")];
  await provider.configure({ config: { get, require: () => assert.fail() } });
  return provider;
}

const FIELDS = { name: true, description: true, metadata: true, data: true };

/** Converts to JSON and back, as the engine does. */
function plain<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
