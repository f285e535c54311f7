import assert from "node:assert/strict";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import type { SecretInputs } from "../../provider/secret/fields";
import { Ownership } from "../../provider/secret/ownership";
import type { RunNote } from "../../provider/secret/run-notes";

const ARGS: SecretInputs = {
  zoneId: "z1",
  entityId: "e1",
  name: "github",
  data: { type: "token", token: "t" },
};
const ADOPTING: SecretInputs = { ...ARGS, adoptId: "s1" };

const urnOf = (name: string) => `urn:pulumi:dev::project::keycard:Secret::${name}`;

const TWO_ADOPT =
  "`adoptId` of `a` and of `b` names the same secret, s1. " +
  "Remove it from one of them: only one resource can manage a secret.";
const MANAGED =
  "`adoptId` of `b` names the secret s1, which `a` already manages. Remove `adoptId`. " +
  "If `b` is the new name of `a`, remove `a` from the program or use the option `aliases`.";
const STAYS =
  "`adoptId` names the secret s1, which stays in its zone and entity. " +
  "Remove `adoptId`: a new secret then replaces it.";
const DELETED_FIRST =
  "`adoptId` names the secret s1, which the option `deleteBeforeReplace` deletes before it can be adopted. " +
  "Remove the option to keep the secret, or remove `adoptId` to replace it with a new one.";

describe("which resource a secret belongs to", () => {
  let ownership: Ownership;
  beforeEach(() => (ownership = new Ownership()));

  /** Checks a resource that is not in the state. */
  const checkNew = (name: string, args: object = ADOPTING, deletesFirst?: boolean) =>
    ownership.check({ urn: urnOf(name), ...(deletesFirst !== undefined && { deletesFirst }) }, {}, args);
  /** Checks a resource that is in the state, and then calls `diff`, as the engine does. */
  const checkOld = (name: string, args: SecretInputs = ARGS, olds: SecretInputs = args) =>
    ownership.check({ urn: urnOf(name) }, olds, args);
  const diffOf = (name: string, id: string, args: SecretInputs = ARGS) =>
    ownership.diff(urnOf(name), id, args.zoneId);
  /** A resource that keeps the secret that it has in the state. */
  const manage = (name: string, id: string, args: SecretInputs = ARGS): string | undefined => {
    assert.deepEqual(checkOld(name, args), []);
    return ownership.keeps(diffOf(name, id, args)!);
  };

  describe("if two resources name it with `adoptId`", () => {
    it("is refused with the names of both", () => {
      assert.deepEqual(checkNew("a"), []);
      assert.deepEqual(checkNew("b"), [TWO_ADOPT]);
    });

    it("is refused too if one of them exists already", () => {
      assert.deepEqual(checkOld("a", ADOPTING), []);
      assert.deepEqual(checkNew("b"), [TWO_ADOPT]);
    });

    it("is refused with the URNs where the names are the same", () => {
      const [one, two] = [
        "urn:pulumi:dev::p::keycard:Secret::a",
        "urn:pulumi:dev::p::my:Team$keycard:Secret::a",
      ];
      const check = (urn: string) => ownership.check({ urn }, {}, ADOPTING);
      assert.deepEqual(check(one), []);
      assert.match(
        check(two)[0] ?? "",
        new RegExp(`^\`adoptId\` of ${one} and of ${two.replace("$", "\\$")} names`),
      );
    });

    it("is no conflict between two zones, two secrets or a resource and itself", () => {
      for (const args of [ADOPTING, { ...ADOPTING, adoptId: "s2" }, { ...ADOPTING, zoneId: "z2" }]) {
        assert.deepEqual(checkNew(`${args.adoptId} in ${args.zoneId}`, args), []);
      }
      assert.deepEqual(checkNew("s1 in z1"), []);
    });

    it("is no conflict while a preview does not know the secret, or none is named", () => {
      for (const vague of [
        { adoptId: UNKNOWN_VALUE },
        { zoneId: UNKNOWN_VALUE },
        { adoptId: "" },
        { adoptId: undefined },
      ]) {
        for (const name of ["a", "b"]) assert.deepEqual(checkNew(name, { ...ADOPTING, ...vague }), []);
      }
    });

    it("is refused too if one of them does not tell its URN", () => {
      assert.deepEqual(ownership.check({ urn: '["z1","e1","github"]' }, {}, ADOPTING), []);
      assert.match(checkNew("b")[0] ?? "", /^`adoptId` of another resource and of `b` names the same secret/);
    });

    it("is no conflict once the other one names another secret", () => {
      checkNew("a");
      checkNew("a", ARGS);
      assert.deepEqual(checkNew("b"), []);
    });
  });

  describe("if one resource manages it and another names it with `adoptId`", () => {
    it("is refused when the adopter is checked later", () => {
      assert.equal(manage("a", "s1"), undefined);
      assert.deepEqual(checkNew("b"), [MANAGED]);
    });

    it("is refused when the adopter was checked before", () => {
      assert.deepEqual(checkNew("b"), []);
      assert.equal(manage("a", "s1"), MANAGED);
    });

    it("is no conflict with the resource that manages and names it", () => {
      assert.equal(manage("a", "s1", ADOPTING), undefined);
      assert.deepEqual(checkOld("a", ADOPTING), []);
    });

    it("is no conflict for another secret or another zone", () => {
      manage("a", "s1");
      assert.deepEqual(checkNew("b", { ...ADOPTING, adoptId: "s2" }), []);
      assert.deepEqual(checkNew("c", { ...ADOPTING, zoneId: "z2" }), []);
    });

    it("is not adopted either, whatever the preview did not know", () => {
      manage("a", "s1");
      checkNew("b", { ...ADOPTING, adoptId: UNKNOWN_VALUE });
      assert.throws(() => ownership.assertAdoptable("z1", "s1"), {
        message:
          "Could not adopt the secret s1: `adoptId` of another resource names the secret s1, which `a` already manages. " +
          "Remove `adoptId`. If another resource is the new name of `a`, remove `a` from the program or use the option `aliases`.",
      });
    });

    it("is not adopted by the one that names it, if the other was planned after it", () => {
      checkNew("b");
      manage("a", "s1");
      assert.throws(() => ownership.assertAdoptable("z1", "s1"), {
        message: `Could not adopt the secret s1: ${MANAGED}`,
      });
    });

    it("is free again once the engine asks for a replacement of its manager", () => {
      manage("a", "s1");
      checkNew("a", { ...ARGS, entityId: "e2" });
      assert.deepEqual(checkNew("b"), []);
    });
  });

  describe("if two resources of the state manage it", () => {
    it("is refused with the names of both", () => {
      assert.equal(manage("a", "s1"), undefined);
      assert.equal(
        manage("b", "s1"),
        "`a` and `b` both manage the secret s1. Remove one of them from the program: the secret is kept.",
      );
    });

    it("is no conflict if their ids or zones differ", () => {
      assert.equal(manage("a", "s1"), undefined);
      assert.equal(manage("b", "s2"), undefined);
      assert.equal(manage("c", "s1", { ...ARGS, zoneId: "z2" }), undefined);
    });

    it("is not known if the state does not tell their zone", () => {
      for (const name of ["a", "b"]) {
        checkOld(name, { ...ARGS, name });
        const planned = ownership.diff(urnOf(name), "s1", "")!;
        assert.equal(ownership.keeps(planned), undefined);
      }
    });
  });

  it("is not decided for a resource of which nothing was planned", () => {
    checkOld("a");
    assert.equal(diffOf("b", "s1"), undefined);
  });

  describe("if a resource is replaced by one that names its secret", () => {
    const replace = (change: Partial<SecretInputs>, deletesFirst?: boolean, by = "a") => {
      manage("a", "s1");
      return checkNew(by, { ...ADOPTING, ...change }, deletesFirst);
    };

    it("is adopted in the same zone and entity", () => assert.deepEqual(replace({}), []));

    it("is refused for another zone, or another entity", () => {
      assert.deepEqual(replace({ entityId: "e2" }), [STAYS]);
      ownership = new Ownership();
      assert.deepEqual(replace({ zoneId: "z2" }), [STAYS]);
    });

    it("is left open while a preview does not know the entity", () => {
      assert.deepEqual(replace({ entityId: UNKNOWN_VALUE }), []);
    });

    it("is refused if the option deletes the secret first", () => {
      assert.deepEqual(replace({}, true), [DELETED_FIRST]);
    });

    it("is adopted if another secret is named", () => {
      assert.deepEqual(replace({ adoptId: "s2", entityId: "e2" }, true), []);
    });

    it("is refused only of a replacement, not of an update", () => {
      manage("a", "s1");
      const news = { ...ADOPTING, entityId: "e2" };
      assert.deepEqual(checkOld("a", news, ARGS), []);
    });
  });

  describe("once it was adopted", () => {
    beforeEach(() => {
      checkNew("a");
      ownership.assertAdoptable("z1", "s1");
      ownership.adopt("z1", "s1");
    });

    it("is not adopted again", () => {
      assert.throws(() => ownership.assertAdoptable("z1", "s1"), {
        message:
          "Could not adopt the secret s1: `a` adopted it in this run. " +
          "Only one resource can manage a secret: remove `adoptId` from one of the two.",
      });
      ownership.assertAdoptable("z2", "s1");
      ownership.assertAdoptable("z1", "s2");
    });

    it("is kept when the engine deletes the resource that had it", () => {
      assert.equal(ownership.reasonToKeep("z1", "s1"), "`a` adopted it in this run");
      assert.equal(ownership.reasonToKeep("z2", "s1"), undefined);
    });

    it("is kept as well if nobody told who adopted it", () => {
      ownership.adopt("z1", "s9");
      assert.equal(ownership.reasonToKeep("z1", "s9"), "another resource adopted it in this run");
    });
  });

  describe("when the engine deletes it", () => {
    it("is deleted if no other resource needs it", () => {
      manage("a", "s2");
      assert.equal(ownership.reasonToKeep("z1", "s1"), undefined);
    });

    it("is kept for a resource that manages it", () => {
      manage("a", "s1");
      assert.equal(ownership.reasonToKeep("z1", "s1"), "`a` still manages it");
    });

    it("is refused while a resource is about to adopt it", () => {
      checkNew("a");
      assert.throws(() => ownership.reasonToKeep("z1", "s1"), {
        message:
          "Could not delete the secret s1: `a` is about to adopt it, but it would be deleted first. " +
          "Remove the option `deleteBeforeReplace` to keep the secret, or remove `adoptId` to replace it with a new one.",
      });
    });

    it("is deleted if `adoptId` is only left in place from an earlier run", () => {
      checkOld("a", ADOPTING);
      assert.equal(ownership.reasonToKeep("z1", "s1"), undefined);
    });
  });
});

describe("which resource a secret belongs to, if a run has two providers,", () => {
  let one: Ownership;
  let two: Ownership;
  beforeEach(() => {
    // Each reads what the other has written.
    const [first, second]: RunNote[][] = [[], []];
    one = new Ownership({ write: (note) => first?.push(note), read: () => second ?? [] });
    two = new Ownership({ write: (note) => second?.push(note), read: () => first ?? [] });
  });

  const checkNew = (by: Ownership, name: string) => by.check({ urn: urnOf(name) }, {}, ADOPTING);
  const manage = (by: Ownership, name: string) => {
    by.check({ urn: urnOf(name) }, ARGS, ARGS);
    return by.keeps(by.diff(urnOf(name), "s1", "z1") ?? assert.fail());
  };
  const ADOPTED = "`b` adopted it in this run";

  it("is kept if the other one has adopted it", () => {
    assert.deepEqual(checkNew(two, "b"), []);
    two.assertAdoptable("z1", "s1");
    two.adopt("z1", "s1");
    assert.equal(one.reasonToKeep("z1", "s1"), ADOPTED);
    assert.equal(one.reasonToKeep("z1", "s2"), undefined);
    assert.equal(one.reasonToKeep("z2", "s1"), undefined);
  });

  it("is kept if the other one has imported it, or still manages it", () => {
    two.import(urnOf("b"), "z1", "s1");
    assert.equal(one.reasonToKeep("z1", "s1"), ADOPTED);
    assert.equal(
      manage(one, "c"),
      "`b` and `c` both manage the secret s1. Remove one of them from the program: the secret is kept.",
    );
    assert.equal(two.reasonToKeep("z1", "s1"), ADOPTED);
  });

  it("is not deleted while the other one is about to adopt it", () => {
    checkNew(two, "b");
    assert.throws(
      () => one.reasonToKeep("z1", "s1"),
      /`b` is about to adopt it, but it would be deleted first/,
    );
  });

  it("is kept if the other one manages it, until that is replaced", () => {
    assert.equal(manage(two, "b"), undefined);
    assert.equal(one.reasonToKeep("z1", "s1"), "`b` still manages it");
    two.check({ urn: urnOf("b") }, {}, ARGS);
    assert.equal(one.reasonToKeep("z1", "s1"), undefined);
  });

  it("is not adopted by both, whichever comes first", () => {
    assert.deepEqual(checkNew(one, "a"), []);
    assert.deepEqual(checkNew(two, "b"), [TWO_ADOPT]);
    one.adopt("z1", "s1");
    assert.throws(() => two.assertAdoptable("z1", "s1"), /`a` adopted it in this run/);
    assert.throws(
      () => two.import(urnOf("b"), "z1", "s1"),
      /Could not import the secret s1: `a` already manages it/,
    );
  });

  it("is not adopted or imported if the other one manages it", () => {
    manage(one, "a");
    assert.deepEqual(checkNew(two, "b"), [MANAGED]);
    assert.throws(() => two.assertAdoptable("z1", "s1"), {
      message: `Could not adopt the secret s1: ${MANAGED}`,
    });
    assert.throws(
      () => two.import(urnOf("b"), "z1", "s1"),
      /`a` already manages it\. Remove the option `import`/,
    );
    two.import(urnOf("a"), "z1", "s1");
  });
});
