import assert from "node:assert/strict";
import {
  decodeState,
  declarationAfterPatch,
  declarationAfterRead,
  encodeState,
  sentMetadataOf,
  type Known,
  type SecretState,
} from "../../provider/secret/state";

const KNOWN = {
  name: "GitHub",
  description: "For releases",
  metadata: { team: "a" },
  version: 1,
  updatedAt: "t1",
};

const known = (state: object) => decodeState(state as SecretState);

describe("how a secret is declared", () => {
  it("is what the state remembers, and for all else what Keycard keeps", () => {
    const state = { ...KNOWN, name: "github", __asDeclared: { name: "GitHub", sentMetadata: { team: "b" } } };
    const { declared, name, sentMetadata } = known(state);
    const { description, metadata } = KNOWN;
    assert.deepEqual(
      [declared.name, declared.description, declared.metadata, name, sentMetadata],
      ["GitHub", description, metadata, "github", { team: "b" }],
    );
    assert.equal(known(KNOWN).declared.name, "GitHub");
    assert.deepEqual(state.__asDeclared, { name: "GitHub", sentMetadata: { team: "b" } });
  });

  const recordOf = (declared: object, now: object, sentMetadata?: object) =>
    encodeState({ ...known(now), declared, sentMetadata } as unknown as Known).__asDeclared;

  describe("needs no room in the state", () => {
    it("if Keycard keeps it as it is", () => {
      assert.equal(recordOf(KNOWN, KNOWN), undefined);
    });

    it("if Keycard leaves out what is empty", () => {
      assert.equal(recordOf({ name: "a", description: "", metadata: {} }, { name: "a" }), undefined);
      assert.equal(recordOf({ name: "a" }, { name: "a", description: "", metadata: {} }), undefined);
    });

    it("if the secret is only read", () => {
      assert.equal(recordOf({}, KNOWN), undefined);
    });
  });

  it("is remembered where Keycard keeps another form", () => {
    assert.deepEqual(recordOf(KNOWN, { ...KNOWN, name: "github" }), { name: "GitHub" });
    assert.deepEqual(recordOf({ name: "a" }, { name: "a", description: "their own" }), { description: "" });
    assert.deepEqual(recordOf(KNOWN, KNOWN, { team: "b" }), { sentMetadata: { team: "b" } });
  });
});

describe("the metadata that was sent last", () => {
  it("is what the state remembers of it", () => {
    const __asDeclared = { metadata: { team: "b" }, sentMetadata: { team: "c" } };
    assert.deepEqual(sentMetadataOf(known({ ...KNOWN, __asDeclared })), { team: "c" });
    assert.deepEqual(sentMetadataOf(known({ ...KNOWN, __asDeclared: { metadata: { team: "b" } } })), {
      team: "b",
    });
    assert.deepEqual(sentMetadataOf(known(KNOWN)), { team: "a" });
    assert.deepEqual(sentMetadataOf(known({ name: "a" })), {});
  });
});

describe("what a read makes of the declared arguments", () => {
  const later = (props: object) => ({ ...KNOWN, version: 2, updatedAt: "t2", ...props });

  it("is nothing for a secret that is imported or only read", () => {
    assert.deepEqual(declarationAfterRead(known({}), KNOWN), {});
    assert.deepEqual(declarationAfterRead(known({ ...KNOWN, __unmanaged: true }), KNOWN), {});
  });

  it("is no change if only the service has put it into another form", () => {
    const form = { name: "GitHub", description: "For releases", metadata: { team: "a" } };
    assert.deepEqual(declarationAfterRead(known(KNOWN), { ...KNOWN, name: "github" }), form);
    const { version, ...unversioned } = KNOWN;
    assert.equal(version, 1);
    assert.deepEqual(declarationAfterRead(known(unversioned), later({ name: "github" })), form);
  });

  it("is a change if somebody has written since, even of letter case alone", () => {
    for (const since of [{ version: 2 }, { updatedAt: "t2" }]) {
      assert.equal(declarationAfterRead(known(KNOWN), { ...KNOWN, ...since, name: "github" }).name, "github");
    }
  });

  it("is a change if no normalization explains it", () => {
    assert.equal(declarationAfterRead(known(KNOWN), { ...KNOWN, name: "gitlab" }).name, "gitlab");
  });

  it("stays as declared if the service keeps its own form", () => {
    const state = { ...KNOWN, name: "github", __asDeclared: { name: "GitHub" } };
    assert.equal(declarationAfterRead(known(state), later({ name: "github" })).name, "GitHub");
  });

  it("remembers what was sent if somebody has added keys, at any depth", () => {
    const sentMetadata = { team: "a" };
    assert.deepEqual(
      declarationAfterRead(known(KNOWN), later({ metadata: { team: "a", by: "hand" } })).sentMetadata,
      sentMetadata,
    );
    assert.equal(
      "sentMetadata" in declarationAfterRead(known(KNOWN), later({ metadata: { team: "b" } })),
      false,
    );
    assert.equal("sentMetadata" in declarationAfterRead(known(KNOWN), later({ metadata: {} })), false);

    const nested = { ...KNOWN, metadata: { owner: { unit: "x" } } };
    const added = declarationAfterRead(known(nested), later({ metadata: { owner: { unit: "x", desk: 1 } } }));
    assert.deepEqual(added.sentMetadata, nested.metadata);
    const replaced = declarationAfterRead(known(nested), later({ metadata: { owner: "x" } }));
    assert.equal("sentMetadata" in replaced, false);
  });

  describe("after a PATCH without an answer", () => {
    const sent = { name: "GitLab", metadata: { team: "b" } };

    it("is what was sent, if it arrived, in whatever form the service keeps it", () => {
      const now = later({ name: "gitlab", metadata: { team: "B" } });
      assert.deepEqual(declarationAfterRead(known(KNOWN), now, sent), {
        name: "GitLab",
        description: "For releases",
        metadata: { team: "b" },
      });
    });

    it("is as before, if it did not arrive", () => {
      assert.deepEqual(
        declarationAfterRead(known(KNOWN), KNOWN, sent),
        declarationAfterRead(known(KNOWN), KNOWN),
      );
      assert.equal(declarationAfterRead(known(KNOWN), KNOWN, { name: "GITHUB" }).name, "GitHub");
    });

    it("is what somebody else has written since", () => {
      assert.equal(declarationAfterRead(known(KNOWN), later({ name: "other" }), sent).name, "other");
    });
  });
});

describe("what a PATCH makes of the declared arguments", () => {
  it("is what it has sent, and all else as before", () => {
    const state = { ...KNOWN, name: "github", __asDeclared: { name: "GitHub" } };
    const now = { name: "github", description: "weekly", metadata: { team: "a" } };
    const news = { name: "GitHub", description: "Weekly", metadata: { team: "a" } };
    assert.deepEqual(declarationAfterPatch(known(state), now, { description: "Weekly" }, news), news);
    assert.deepEqual(
      declarationAfterPatch(
        known(state),
        { name: "github" },
        { description: "", metadata: {} },
        { name: "GitHub" },
      ),
      {
        name: "GitHub",
        description: "",
        metadata: {},
      },
    );
  });

  it("has no keys that are new in the answer, which are the service's own", () => {
    const form = declarationAfterPatch(
      known(KNOWN),
      { ...KNOWN, metadata: { team: "a", id: 1 } },
      { name: "b" },
      { name: "b" },
    );
    assert.deepEqual(form.metadata, { team: "a" });
  });
});
