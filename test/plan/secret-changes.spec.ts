import fc from "fast-check";
import assert from "node:assert/strict";
import {
  ARGUMENTS,
  type Metadata,
  type SecretInputs,
  changedArguments,
  patchBetween,
  withoutCleared,
} from "../../provider/secret/fields";
import type { SecretData } from "../../provider/values/types";

const token: SecretData = { type: "token", token: "first" };
const bare: SecretInputs = { zoneId: "zone_1", entityId: "ent_1", name: "github", data: token };
const full: SecretInputs = { ...bare, description: "For releases", metadata: { team: "release", n: 1 } };

const bareOthers = { name: "github", entityId: "ent_1", zoneId: "zone_1" };

const without = (name: "description" | "metadata", { ...inputs }: SecretInputs = full) => {
  delete inputs[name];
  return inputs;
};

describe("what a change of arguments costs", () => {
  const CHANGES: [string, Partial<SecretInputs>, "replace" | "patch" | "state" | "nothing", object][] = [
    ["zoneId", { zoneId: "zone_2" }, "replace", {}],
    ["entityId", { entityId: "ent_2" }, "replace", {}],
    ["name", { name: "gitlab" }, "patch", { name: "gitlab" }],
    ["description", { description: "Weekly" }, "patch", { description: "Weekly" }],
    ["metadata", { metadata: { n: 1 } }, "patch", { metadata: { n: 1 } }],
    [
      "data",
      { data: { type: "token", token: "second" } },
      "patch",
      { data: { type: "token", token: "second" } },
    ],
    ["maxAgeDays", { maxAgeDays: 90 }, "state", {}],
    ["adoptId", { adoptId: "sec_9" }, "nothing", {}],
  ];

  it("every argument has an effect of its change", () => {
    assert.deepEqual(
      ARGUMENTS,
      CHANGES.map(([name]) => name),
    );
  });

  for (const [name, change, cost, patch] of CHANGES) {
    it(`a change of ${name} is ${cost}, and its PATCH is the smallest`, () => {
      const news = { ...full, ...change };
      const costs = (["replace", "patch", "state", "nothing"] as const).map(
        (each) => [each, changedArguments(full, news, each)] as const,
      );
      assert.deepEqual(
        costs,
        costs.map(([each]) => [each, each === cost ? [name] : []]),
      );
      assert.deepEqual(patchBetween(full, news), patch);
    });
  }

  it("a change of one field of data sends all of data", () => {
    const olds = { ...bare, data: { type: "password", username: "app", password: "old" } } as const;
    const news = { ...bare, data: { ...olds.data, password: "new" } };
    assert.deepEqual(patchBetween(olds, news), {
      data: { type: "password", username: "app", password: "new" },
    });
  });

  it("a change of the type sends all of data", () => {
    const data: SecretData = { type: "password", username: "app", password: "new" };
    assert.deepEqual(patchBetween(bare, { ...bare, data }), { data });
  });

  it("several changes are sent in one PATCH", () => {
    assert.deepEqual(patchBetween(full, { ...full, name: "gitlab", description: "", metadata: {} }), {
      name: "gitlab",
      description: "",
      metadata: {},
    });
  });
});

describe("the PATCH that clears", () => {
  it("a removed description is sent as an empty string", () => {
    assert.deepEqual(patchBetween(full, without("description")), { description: "" });
    assert.deepEqual(patchBetween(full, { ...full, description: "" }), { description: "" });
  });

  it("removed metadata is sent as an empty object", () => {
    assert.deepEqual(patchBetween(full, without("metadata")), { metadata: {} });
    assert.deepEqual(patchBetween(full, { ...full, metadata: {} }), { metadata: {} });
  });

  it("a removed key of metadata sends the remaining metadata", () => {
    assert.deepEqual(patchBetween(full, { ...full, metadata: { team: "release" } }), {
      metadata: { team: "release" },
    });
  });

  it("a new argument of an old secret is sent", () => {
    assert.deepEqual(patchBetween(bare, full), {
      description: "For releases",
      metadata: { team: "release", n: 1 },
    });
  });
});

describe("what is no change of arguments", () => {
  const isNone = (olds: object, news: object) => {
    for (const change of ["replace", "patch", "nothing"] as const) {
      assert.deepEqual(changedArguments(olds, news, change), []);
      assert.deepEqual(changedArguments(news, olds, change), []);
    }
    assert.deepEqual([patchBetween(olds, news), patchBetween(news, olds)], [{}, {}]);
  };

  it("the order of keys is no change at any level", () => {
    const metadata: Metadata = { n: 1, deep: { b: [{ c: 1, d: 2 }], a: 1 } };
    const reordered: Metadata = { deep: { a: 1, b: [{ d: 2, c: 1 }] }, n: 1 };
    const data = { type: "password", username: "app", password: "p" };
    isNone(
      { ...bare, metadata, data },
      { data: { password: "p", username: "app", type: "password" }, metadata: reordered, ...bareOthers },
    );
  });

  it("another form of an absent value is no change", () => {
    isNone(bare, { ...bare, description: "", metadata: {} });
    isNone(bare, { ...bare, description: undefined, metadata: undefined });
    isNone({ ...bare, description: "" }, { ...bare, metadata: {} });
  });

  it("keys that are not arguments are no change", () => {
    const outputs = { version: 1, type: "token", createdAt: "then", updatedAt: "then", __provider: "text" };
    isNone({ ...full, ...outputs }, full);
    isNone(
      { ...full, ...outputs },
      { ...full, ...outputs, version: 2, updatedAt: "now", __provider: "other" },
    );
  });

  it("values that only look empty are a change", () => {
    const patches = [{ a: "" }, { a: {} }, { a: [] }, { a: [null] }].map((metadata) =>
      patchBetween(bare, { ...bare, metadata }),
    );
    assert.deepEqual(patches, [
      { metadata: { a: "" } },
      { metadata: { a: {} } },
      { metadata: { a: [] } },
      { metadata: { a: [null] } },
    ]);
  });
});

describe("arguments without what says none", () => {
  it("empty descriptions, empty metadata and undefined are removed", () => {
    assert.deepEqual(withoutCleared({ ...bare, description: "", metadata: {}, adoptId: undefined }), bare);
  });

  it("all other keys are kept, including unknown and empty ones", () => {
    const args = { ...full, name: "", metadata: { empty: {} }, extra: {}, constructor: "x", nothing: null };
    assert.deepEqual(withoutCleared(args), args);
  });

  it("members of metadata that are null are dropped, and nothing of the data is", () => {
    const data = { type: "token", token: null };
    assert.deepEqual(withoutCleared({ metadata: { team: "a", by: null }, data }), {
      metadata: { team: "a" },
      data,
    });
    assert.deepEqual(patchBetween(bare, { ...bare, metadata: { team: "a", by: null } }), {
      metadata: { team: "a" },
    });
    assert.deepEqual(patchBetween(bare, { ...bare, data }), { data });
  });

  it("the result is a new object", () => {
    const args = { ...full };
    const result = withoutCleared(args);
    assert.notEqual(result, args);
    assert.deepEqual(args, full);
  });
});

describe("the PATCH between any two sets of arguments", () => {
  const text = fc.constantFrom("", "a", "b");
  const asOnTheWire = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;
  const data = fc.oneof(
    fc.record({ type: fc.constant("token" as const), token: text }),
    fc.record({ type: fc.constant("password" as const), username: text, password: text }),
  );
  const metadata = fc
    .dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 }))
    .map((object) => JSON.parse(JSON.stringify(object, withoutNullMembers)) as Metadata);
  const inputs: fc.Arbitrary<SecretInputs> = fc
    .record(
      { zoneId: text, entityId: text, name: text, description: text, metadata, data, adoptId: text },
      { requiredKeys: ["zoneId", "entityId", "name", "data"] },
    )
    .map(asOnTheWire);

  /** Removes null members: they are treated as absent, which the properties below do not model. */
  function withoutNullMembers(this: unknown, _key: string, value: unknown) {
    return value === null && !Array.isArray(this) ? undefined : value;
  }

  /** Two sets of arguments with much in common, like the old and the new arguments of a secret. */
  const pairs = fc.tuple(inputs, inputs, fc.subarray(ARGUMENTS)).map(([olds, other, changed]) => {
    const isChanged = ([name]: [string, unknown]) => changed.some((each) => each === name);
    const news = [
      ...Object.entries(other).filter(isChanged),
      ...Object.entries(olds).filter((e) => !isChanged(e)),
    ];
    return [olds, Object.fromEntries(news) as unknown as SecretInputs] as const;
  });

  /** Returns the same text for the same JSON, in any order of its keys. */
  const canonical = (value: unknown) =>
    JSON.stringify(value, (_key, child: unknown) =>
      typeof child === "object" && child !== null && !Array.isArray(child)
        ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
        : child,
    );

  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(entries.map(([key, child]) => [key, reversed(child)]));
  };

  /** The fields of a secret that a PATCH can change, with absent fields written out. */
  const patchable = ({ name, description = "", metadata = {}, data }: SecretInputs) => ({
    name,
    description,
    metadata,
    data,
  });

  it("the PATCH contains exactly the changed fields", () => {
    fc.assert(
      fc.property(pairs, ([olds, news]) => {
        const [before, after] = [patchable(olds), patchable(news)];
        const changed = (["name", "description", "metadata", "data"] as const).filter(
          (field) => canonical(before[field]) !== canonical(after[field]),
        );
        assert.deepEqual(Object.keys(patchBetween(olds, news)), changed);
      }),
    );
  });

  it("the PATCH changes the first set into the second", () => {
    fc.assert(
      fc.property(pairs, ([olds, news]) => {
        assert.deepEqual({ ...patchable(olds), ...patchBetween(olds, news) }, patchable(news));
      }),
    );
  });

  it("the PATCH in the other direction changes the second set into the first", () => {
    fc.assert(
      fc.property(pairs, ([olds, news]) => {
        const there = { ...patchable(olds), ...patchBetween(olds, news) };
        assert.deepEqual({ ...there, ...patchBetween(news, olds) }, patchable(olds));
      }),
    );
  });

  it("the PATCH is empty for another order or notation", () => {
    fc.assert(
      fc.property(inputs, (olds) => {
        assert.deepEqual(patchBetween(olds, reversed(olds) as SecretInputs), {});
        assert.deepEqual(patchBetween(olds, withoutCleared(olds)), {});
        assert.deepEqual(patchBetween(olds, patchable(olds)), {});
      }),
    );
  });

  it("computing the PATCH changes neither set", () => {
    fc.assert(
      fc.property(pairs, ([olds, news]) => {
        const before = structuredClone([olds, news]);
        patchBetween(olds, news);
        changedArguments(olds, news, "replace");
        withoutCleared(news);
        assert.deepEqual([olds, news], before);
      }),
    );
  });
});
