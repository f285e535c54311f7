import type { dynamic } from "@pulumi/pulumi";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { SecretEdit, Switches } from "../emulator";
import {
  VALUE,
  account,
  bare,
  check,
  create,
  keycard,
  nextRun,
  provider,
  sent,
  start,
  useProvider,
} from "../support/secret-provider";

const text = fc.constantFrom("a", "A ", "For  Releases", "ünï", "");
const member = fc.oneof(text, fc.constantFrom(1, true, [1, null], {}, { B: "c " }));
const metadata = fc.dictionary(fc.constantFrom("a", "B", "source"), member, {
  maxKeys: 3,
  noNullPrototype: true,
});
const described = fc.record({ description: text, metadata }, { requiredKeys: [] });

const VALUES = [
  VALUE,
  { fromEnv: "KEYCARD_TEST_VALUE" },
  { generated: { length: 20 } },
  { initialValue: VALUE },
];
const declared = fc
  .tuple(described, fc.constantFrom(...VALUES), fc.constantFrom({}, { maxAgeDays: 90 }))
  .map(([fields, token, age]) => ({ ...bare, ...fields, ...age, data: { type: "token", token } }));

const switches: fc.Arbitrary<Partial<Switches>> = fc.record({
  texts: fc.constantFrom("kept", "trimmed", "lower-case", "collapsed"),
  metadataValues: fc.constantFrom("kept", "trimmed", "as-text", "lower-case-keys", "without-empty"),
  ownMetadata: fc.constantFrom("never", "on-create"),
  version: fc.constantFrom("every-update", "data-only"),
  clearedAs: fc.constantFrom("absent", "null", "empty"),
});

const EDITS: SecretEdit[] = [
  { name: "theirs" },
  { description: "Theirs" },
  { metadata: { theirs: true } },
  { entity_id: "ent_2" },
  { created_at: "2020-01-01T00:00:00.000Z" },
  { data: { type: "token", token: "rotated" } },
  { data: account },
  {},
];

/** What the engine stores of a secret. */
interface Stored {
  state: SecretState;
  inputs: SecretInputs;
}

/** What tells that a secret has changed. */
const EVIDENCE = ["version" as const, "updated_at" as const];

/** An edit outside Pulumi, after which a service may still show the version, the time of the last change, or both. */
const edit = fc.record({
  fields: fc.constantFrom(...EDITS),
  kept: fc.oneof(fc.constant(EVIDENCE), fc.subarray(EVIDENCE)),
});

const world = fc.record({
  args: declared,
  later: described,
  switches,
  edit: fc.option(edit),
  readValues: fc.boolean(),
});

describe("a state that a listing shows unchanged", () => {
  useProvider();
  beforeEach(() => (process.env["KEYCARD_TEST_VALUE"] = VALUE));

  /** Reads in a run of its own. */
  async function readAs(id: string, state: SecretState, readValues: boolean) {
    nextRun({ "keycard:readValues": String(readValues) });
    return (await provider.read(id, sent(state))) as { props: SecretState; inputs?: SecretInputs };
  }

  /** Declares a secret, and then changes the declaration. Returns what the engine stores. */
  async function declare(args: object, later: object): Promise<{ id: string } & Stored> {
    nextRun();
    const { inputs: first } = await check(args);
    const { id, outs: made } = await create(first);
    const { inputs } = await check({ ...first, ...later });
    const { changes }: dynamic.DiffResult = await provider.diff(id, sent(made), sent(inputs));
    if (changes === false) return { id, inputs, state: made };
    const updated = await provider.update(id, sent(made), sent(inputs));
    return { id, inputs, state: updated.outs as SecretState };
  }

  /** Whether an update follows from what the engine stores. If `diff` leaves it to the engine, that compares the inputs. */
  async function isPlanned(id: string, { inputs, state }: Stored, declared: object): Promise<boolean> {
    nextRun();
    const checked = await provider.check(sent(inputs), sent(declared));
    const news = checked.inputs as SecretInputs;
    const { changes }: dynamic.DiffResult = await provider.diff(id, sent(state), sent(news));
    return changes ?? !isDeepStrictEqual(inputs, news);
  }

  it("is what building it again gives, for any service, declaration and edit", async function () {
    this.timeout(60_000);
    await start();
    let kept = 0;
    const property = fc.asyncProperty(world, async ({ args, later, switches, edit, readValues }) => {
      for (const { id } of keycard.secrets()) keycard.remove(id);
      Object.assign(keycard.switches, switches);
      const { id, ...made } = await declare(args, later);
      const stored = keycard.secret(id) ?? assert.fail();
      const same = Object.fromEntries(edit?.kept.map((field) => [field, stored[field]]) ?? []);
      if (edit) keycard.edit(id, { ...edit.fields, ...same });
      let { state, inputs } = made;
      for (let round = 0; round < 3; round++) {
        const read = await readAs(id, state, readValues);
        // A key that no state has lets the state be built again.
        const built = await readAs(id, { ...state, other: 1 } as SecretState, readValues);
        assert.deepEqual(read.props, built.props);
        if (!read.inputs) kept++;
        // The engine keeps its inputs if the result has none.
        inputs = read.inputs ?? inputs;
        for (const declared of [args, { ...args, ...later }]) {
          assert.equal(
            await isPlanned(id, { state: read.props, inputs }, declared),
            await isPlanned(id, { state: read.props, inputs: built.inputs ?? assert.fail() }, declared),
          );
        }
        state = read.props;
      }
    });
    await fc.assert(property, { numRuns: 250, seed: 4 });
    assert.ok(kept > 200, `only ${kept} states were kept`);
  });
});
