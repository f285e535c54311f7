import * as fc from "fast-check";
import assert from "node:assert/strict";
import { mayBeFormOf } from "../../provider/json";
import type { Metadata, SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { SecretEdit, Switches } from "../emulator";
import {
  VALUE,
  bare,
  check,
  create,
  created,
  diff,
  keycard,
  nextRun,
  patch,
  read,
  refresh,
  start,
  stateNow,
  update,
  useProvider,
} from "../support/secret-provider";

/** Runs `pulumi up` for declared arguments. */
async function up(state: SecretState, declared: SecretInputs): Promise<SecretState> {
  const { inputs } = await check(declared);
  const { changes } = await diff(state, inputs);
  return changes === false ? state : (await update(state, inputs)).outs;
}

/** Runs `pulumi up --refresh`. */
async function upRefresh(state: SecretState, declared: SecretInputs): Promise<SecretState> {
  nextRun();
  return up((await read(state)).props, declared);
}

/** The result of `check` for arguments, converted to JSON, which has no `-0`. */
const checked = async (declared: SecretInputs) =>
  JSON.parse(JSON.stringify((await check(declared)).inputs)) as SecretInputs;

const VALUE_DATA = { type: "token", token: VALUE } as const;

const patches = () => keycard.calls().filter(({ method }) => method === "PATCH");

/** Creates the secret, and asserts that all later calls change nothing. */
async function assertQuiet(state: SecretState, declared: SecretInputs): Promise<SecretState> {
  const before = keycard.secret("sec_1");
  keycard.clearLog();
  let now = await up(state, declared);
  for (let run = 0; run < 2; run++) {
    nextRun();
    const held = await checked(declared);
    const { props, inputs } = await refresh(now, held);
    assert.deepEqual(inputs, held, "the refresh shows no drift");
    now = await up(props, declared);
  }
  assert.deepEqual(patches(), []);
  assert.deepEqual(keycard.secret("sec_1"), before);
  return now;
}

describe("a secret that Keycard keeps in a form of its own", () => {
  useProvider();

  const declared: SecretInputs = {
    ...bare,
    name: "  GitHub\u00a0 Token e\u0301 ",
    description: ` ${"long".repeat(31)}é `,
    metadata: {
      Team: " a ",
      count: 3,
      isOpen: true,
      offset: -0,
      owner: { unit: 1, Desk: "" },
      tags: [" x "],
    },
  };
  const WORLDS: Partial<Switches>[] = [
    ...(["trimmed", "nfc", "lower-case", "collapsed", "cut"] as const).map((texts) => ({ texts })),
    ...(["trimmed", "as-text", "lower-case-keys", "without-empty"] as const).map((metadataValues) => ({
      metadataValues,
    })),
    ...(["always", "on-create", "on-update"] as const).map((ownMetadata) => ({ ownMetadata })),
    { metadataNulls: "dropped" },
    { texts: "trimmed", metadataValues: "as-text", ownMetadata: "always" },
  ];
  for (const world of WORLDS) {
    for (const metadata of ["replace", "merge", "deep-merge"] as const) {
      for (const answersTo of ["kept", "sent"] as const) {
        const name = Object.entries(world).map((entry) => entry.join(" "));
        it(`a normalised secret shows no change after each update: ${name.join(", ")}, ${metadata}, answers as ${answersTo}`, async () => {
          await start({ switches: { ...world, metadata, answersTo } });
          let state = await assertQuiet(await created(declared), declared);

          const changed = { ...declared, metadata: { ...declared.metadata, Team: " b " } };
          keycard.clearLog();
          state = await up(state, changed);
          assert.deepEqual(
            patches(),
            [patch({ metadata: { ...changed.metadata, offset: 0 } })],
            "one PATCH for one change",
          );
          state = await assertQuiet(state, changed);
          const kept = keycard.secret("sec_1");
          assert.ok(mayBeFormOf(kept?.name, changed.name) && mayBeFormOf(kept?.metadata, changed.metadata));

          keycard.edit("sec_1", { name: "Somebody else's" });
          nextRun();
          const drifted = await read(state);
          assert.deepEqual(drifted.inputs, { ...(await checked(changed)), name: "Somebody else's" });
          keycard.clearLog();
          state = await up(drifted.props, changed);
          assert.deepEqual(patches(), [patch({ name: changed.name })]);
          await assertQuiet(state, changed);
        });
      }
    }
  }

  it("Keycard's own keys are kept if another key is declared", async () => {
    await start({ switches: { ownMetadata: "always" } });
    const team = (name: string) => ({ ...bare, metadata: { team: name, offset: -0 } });
    const state = await up(await created(team("a")), team("b"));
    assert.deepEqual(keycard.calls(), [patch({ metadata: { team: "b", offset: 0 } })]);
    assert.deepEqual(keycard.secret("sec_1")?.metadata, { team: "b", offset: 0, source: "api" });
    assert.deepEqual(state.metadata, { team: "b", offset: 0, source: "api" });
    assert.deepEqual(state.__asDeclared, { metadata: { team: "b", offset: 0 } });
  });

  it("the drift of a declared key is shown next to Keycard's own keys", async () => {
    await start({ switches: { ownMetadata: "always" } });
    const args = { ...bare, metadata: { team: "a", owner: { unit: 1 } } };
    const state = await created(args);
    const DRIFTS: [Metadata, Metadata][] = [
      [
        { team: "x", owner: { unit: 1, stampedBy: "create" }, source: "api" },
        { team: "x", owner: { unit: 1 } },
      ],
      [
        { team: "a", owner: { unit: 2, stampedBy: "z" }, source: "z" },
        { team: "a", owner: { unit: 2 } },
      ],
      [{ owner: { unit: 1, stampedBy: "create" }, source: "api" }, { owner: { unit: 1 } }],
      [
        { team: "a", owner: { stampedBy: "create" }, source: "api" },
        { team: "a", owner: {} },
      ],
      [
        { team: "a", owner: { unit: 1 }, rogue: 1 },
        { team: "a", owner: { unit: 1 }, rogue: 1 },
      ],
      [{ source: "api" }, {}],
    ];
    for (const [metadata, shown] of DRIFTS) {
      keycard.edit("sec_1", { metadata });
      nextRun();
      const { props, inputs } = await read(state);
      assert.deepEqual(inputs.metadata ?? {}, shown);
      keycard.clearLog();
      await assertQuiet(await up(props, args), args);
      assert.deepEqual(keycard.secret("sec_1")?.metadata, {
        team: "a",
        owner: { unit: 1, stampedBy: "update" },
        source: "api",
      });
      // Back to the initial state, which has another version.
      keycard.edit("sec_1", { metadata: state.metadata, version: state.version });
    }
  });

  it("a key that only Keycard has changed or removed is no change", async () => {
    await start({ switches: { ownMetadata: "always" } });
    const args = { ...bare, metadata: { team: "a" } };
    let state = await created(args);
    for (const own of [{ source: "console" }, { source: "api" }, {}]) {
      keycard.edit("sec_1", { metadata: { team: "a", ...own } });
      state = await assertQuiet(state, args);
    }
  });

  it("a name that was changed to another normalised form is shown", async () => {
    await start({ switches: { texts: "trimmed" } });
    const args = { ...bare, name: " GitHub " };
    const state = await created(args);
    keycard.edit("sec_1", { name: "github" });
    nextRun();
    assert.equal((await read(state)).inputs.name, "github");
  });

  it("updates end if keys return that nobody has sent", async () => {
    for (const metadata of ["replace", "merge", "deep-merge"] as const) {
      await start({ switches: { ownMetadata: "on-update", metadata } });
      const args = { ...bare, metadata: { team: "a", owner: { unit: 1 } } };
      const state = await created(args);
      keycard.edit("sec_1", {
        metadata: { team: "a", owner: { unit: 1, stampedBy: "update" }, source: "api" },
      });
      await assertQuiet(await upRefresh(state, args), args);
      assert.deepEqual(keycard.secret("sec_1")?.metadata, {
        team: "a",
        owner: { unit: 1, stampedBy: "update" },
        source: "api",
      });
      await keycard.close();
    }
    await start();
  });

  it("a normalised secret can be adopted, and keeps Keycard's own keys", async () => {
    await start({ switches: { texts: "trimmed", ownMetadata: "always" } });
    keycard.put({ id: "sec_1", name: "old", metadata: { team: "a", source: "api" }, data: VALUE_DATA });
    const args = { ...bare, name: " new ", metadata: { team: "a" } };
    const { outs } = await create({ ...args, adoptId: "sec_1" });
    assert.equal(patches().length, 2);
    await assertQuiet(outs, args);
    keycard.clearLog();
    nextRun();
    await create({ ...args, adoptId: "sec_1" });
    assert.ok(patches().every(({ body }) => (body as { metadata?: Metadata }).metadata?.["team"] !== null));
    assert.deepEqual(keycard.secret("sec_1")?.metadata, { team: "a", source: "api" });
  });

  it("the error names a sent key that Keycard does not remove, and the next update tries again", async () => {
    await start({ switches: { metadata: "merge", metadataNulls: "dropped" } });
    const state = await created({ ...bare, metadata: { team: "a", old: 1 } });
    const args = { ...bare, metadata: { team: "b" } };
    const error = await update(state, args).catch((thrown: unknown) => thrown as { properties: SecretState });
    assert.match((error as unknown as Error).message, /metadata\.old/);
    const { properties } = error as { properties: SecretState };
    assert.deepEqual(keycard.secret("sec_1")?.metadata, { team: "b", old: 1 });
    assert.deepEqual(await diff(properties, args), { replaces: [] });
  });

  it("the state is no larger if Keycard stores the declared form", async () => {
    await start();
    assert.deepEqual(await created(bare), stateNow());
  });
});

describe("a member of metadata that is null", () => {
  useProvider();

  for (const metadataNulls of ["kept", "dropped"] as const) {
    for (const metadata of ["replace", "merge", "deep-merge"] as const) {
      it(`a null key of metadata is absent if nulls are ${metadataNulls} and metadata is under ${metadata}`, async () => {
        await start({ switches: { metadataNulls, metadata } });
        const args = { ...bare, metadata: { team: "a", gone: null, owner: { unit: 1, desk: null } } };
        const { inputs } = await check(args);
        assert.deepEqual(inputs.metadata, { team: "a", owner: { unit: 1 } });
        const state = await created(args);
        assert.deepEqual(keycard.secret("sec_1")?.metadata, { team: "a", owner: { unit: 1 } });
        await assertQuiet(state, { ...bare, metadata: { team: "a", owner: { unit: 1 } } });
        keycard.edit("sec_1", { metadata: { team: "a", more: null, owner: { unit: 1, desk: null } } });
        await assertQuiet(state, args);
        await up(await created({ ...bare, metadata: { a: null } }), bare);
        assert.deepEqual(patches(), []);
      });
    }
  }

  it("null is an element in an array", async () => {
    await start();
    const state = await created({ ...bare, metadata: { tags: [null, 1] } });
    assert.deepEqual(keycard.secret("sec_1")?.metadata, { tags: [null, 1] });
    const { changes } = await diff(state, { ...bare, metadata: { tags: [1] } });
    assert.notEqual(changes, false);
  });
});

describe("any sequence of declarations and changes from outside, in any world,", () => {
  useProvider();

  const text = fc.constantFrom("", " a", "a", "B ", "e\u0301", "é", "Token  1", "x".repeat(120) + " é ");
  const scalar = fc.oneof(text, fc.constantFrom(0, -0, 1, true, false, null));
  const json = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("k", "K", "n"), scalar),
  );
  const metadata = fc.dictionary(fc.constantFrom("team", "Team", "owner", "toString"), json, {
    noNullPrototype: true,
  });
  const declared: fc.Arbitrary<SecretInputs> = fc
    .record({ name: text, description: text, metadata }, { requiredKeys: ["name"] })
    .map((args) => ({ ...bare, ...(JSON.parse(JSON.stringify(args)) as { name: string }) }));
  const edit: fc.Arbitrary<SecretEdit> = fc.oneof(
    fc.record({ name: fc.constant("Edited") }),
    fc.record({ description: fc.constant("Edited") }),
    fc.record({ metadata: fc.constantFrom({ team: "Edited" }, {}, { rogue: { deep: 1 } }) }),
    fc.record({ data: fc.constant({ type: "token" as const, token: "edited" }) }),
  );
  const steps = fc.array(
    fc.oneof(fc.record({ declared }), fc.record({ edit }), fc.record({ refresh: fc.constant(true) })),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  const world: fc.Arbitrary<Partial<Switches>> = fc
    .record({
      clearing: fc.constantFrom("empty", "null"),
      metadata: fc.constantFrom("replace", "merge", "deep-merge"),
      version: fc.constantFrom("every-update", "data-only"),
      clearedAs: fc.constantFrom("absent", "null", "empty"),
      texts: fc.constantFrom("kept", "trimmed", "nfc", "lower-case", "collapsed", "cut"),
      metadataValues: fc.constantFrom("kept", "trimmed", "as-text", "without-empty"),
      metadataNulls: fc.constantFrom("kept", "dropped"),
      ownMetadata: fc.constantFrom("never", "always", "on-create", "on-update"),
    } as const)
    // A service that merges metadata, and drops the value that would change a key, cannot be made to change it.
    .map((some) => {
      const isMerged = some.metadata !== "replace";
      const isDropped = some.metadataValues === "without-empty";
      const values = isMerged && isDropped ? "kept" : some.metadataValues;
      return { ...some, ...(isMerged && { metadataNulls: "kept" }), metadataValues: values };
    });

  it("every sequence of changes ends with exactly what is declared", async function () {
    this.timeout(120_000);
    await start();
    const property = fc.asyncProperty(world, declared, steps, async (switches, first, rest) => {
      keycard.remove("sec_1");
      Object.assign(keycard.switches, switches);
      const { inputs } = await check(first);
      const { id, outs } = await create(inputs);
      // The following calls use the first secret.
      keycard.put({ ...keycard.secret(id), id: "sec_1" });
      if (id !== "sec_1") keycard.remove(id);
      let [state, last] = [outs, first];
      for (const step of rest) {
        if ("edit" in step) keycard.edit("sec_1", step.edit);
        else if ("refresh" in step) state = (await read(state)).props;
        else state = await up(state, (last = step.declared));
        if ("refresh" in step) nextRun();
      }
      state = await upRefresh(state, last);
      // The first run corrects a value that was changed in Keycard, and all other fields.
      state = await upRefresh(state, last);
      await assertQuiet(state, last);
      const kept = keycard.secret("sec_1") ?? assert.fail();
      const content = { name: last.name, description: last.description ?? "", metadata: last.metadata ?? {} };
      for (const [name, wanted] of Object.entries(content)) {
        const found = kept[name as "metadata"] ?? (name === "metadata" ? {} : "");
        assert.ok(mayBeFormOf(found, wanted), `${name}: ${JSON.stringify([found, wanted])}`);
      }
      assert.deepEqual(kept.data, last.data);
    });
    await fc.assert(property, { numRuns: 250 });
  });
});
