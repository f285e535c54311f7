import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import type { Switches } from "../emulator";
import {
  LOADER,
  account,
  assertPlainJson,
  bare,
  created,
  diff,
  failureOf,
  keycard,
  patch,
  read,
  start,
  stateNow,
  stateSinceUpdate,
  update,
  useProvider,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("clearing, however Keycard takes it,", () => {
    const metadata = { team: "release", tags: { a: 1, b: 2 } };
    const olds: SecretInputs = { ...bare, description: "For releases", metadata };
    const noDescription = { metadata };
    const noMetadata = { description: "For releases" };
    const lessMetadata = { description: "For releases", metadata: { tags: { a: 1 } } };

    type Case = [string, Partial<Switches>, Partial<SecretInputs>, object[]];
    const CASES: Case[] = [
      ["an empty description", { clearing: "empty" }, noDescription, [{ description: "" }]],
      [
        "a description by null",
        { clearing: "null" },
        noDescription,
        [{ description: "" }, { description: null }],
      ],
      [
        "a description that stayed",
        { clearing: "null-ignoring-empty" },
        noDescription,
        [{ description: "" }, { description: null }],
      ],
      ["empty metadata", { clearing: "empty" }, noMetadata, [{ metadata: {} }]],
      ["metadata by null", { clearing: "null" }, noMetadata, [{ metadata: {} }, { metadata: null }]],
      [
        "metadata that stayed, by its keys",
        { clearing: "empty", metadata: "merge" },
        noMetadata,
        // The second PATCH is rejected, and changes nothing.
        [{ metadata: {} }, { metadata: null }, { metadata: { team: null, tags: null } }],
      ],
      [
        "metadata that stayed, at every level",
        { clearing: "empty", metadata: "deep-merge" },
        noMetadata,
        // The second PATCH is rejected, and changes nothing.
        [{ metadata: {} }, { metadata: null }, { metadata: { team: null, tags: null } }],
      ],
      ["some keys of metadata", {}, lessMetadata, [{ metadata: { tags: { a: 1 } } }]],
      [
        "merged keys of metadata",
        { metadata: "merge" },
        { description: "For releases", metadata: { team: "release" } },
        [{ metadata: { team: "release" } }, { metadata: { team: "release", tags: null } }],
      ],
      [
        "deeply merged keys of metadata",
        { metadata: "deep-merge" },
        lessMetadata,
        [{ metadata: { tags: { a: 1 } } }, { metadata: { team: null, tags: { a: 1, b: null } } }],
      ],
      [
        "both fields at once",
        { clearing: "null-ignoring-empty" },
        {},
        [
          { description: "", metadata: {} },
          { description: null, metadata: null },
        ],
      ],
    ];
    for (const [what, switches, kept, bodies] of CASES) {
      for (const clearedAs of ["absent", "null", "empty"] as const) {
        it(`clears ${what} if Keycard shows it ${clearedAs}`, async () => {
          await start({ switches: { ...switches, clearedAs } });
          const state = await created(olds);
          const news: SecretInputs = { ...bare, ...kept };
          const { outs } = await update(state, news);
          assert.deepEqual(keycard.calls(), bodies.map(patch));
          assert.deepEqual(outs, stateNow(1));
          const { type, version, createdAt, updatedAt, __valueVersion, __valueChangedAt, ...inputs } = outs;
          assert.deepEqual([inputs, __valueVersion, __valueChangedAt], [news, 1, createdAt]);
          assert.deepEqual([type, version, createdAt < updatedAt], ["token", stateNow().version, true]);
          assertPlainJson(outs);

          const again = await read(outs);
          assert.deepEqual([again.inputs, again.props], [news, stateNow()]);
          assert.deepEqual(await diff(outs, news), { changes: false });
        });
      }
    }

    it("names what Keycard kept, and records the real state", async () => {
      await start({ switches: { clearing: "never" } });
      const state = await created(olds);
      const news = { ...bare, name: "gitlab", data: account };
      const error = await failureOf(update(state, news));
      const reason =
        "Keycard updated the secret sec_1 but did not clear description, metadata.team, metadata.tags. " +
        "Clear it in Keycard Console, or declare what Keycard has.";
      assert.equal(error.message, reason);
      assert.deepEqual(
        { ...error },
        {
          id: "sec_1",
          properties: { ...stateSinceUpdate(), __valueVersion: 2, __isUnfinished: true, __provider: LOADER },
          reasons: [reason],
        },
      );
      assertPlainJson(error["properties"]);
      assert.deepEqual(stateSinceUpdate(), {
        ...olds,
        name: "gitlab",
        data: account,
        type: "password",
        version: 3,
        createdAt: state.createdAt,
        updatedAt: stateNow().updatedAt,
      });
      assert.deepEqual(keycard.calls(), [
        patch({ name: "gitlab", description: "", metadata: {}, data: account }),
        patch({ description: null, metadata: null }),
      ]);
    });

    it("names the reason if the corrective PATCH fails", async () => {
      await start({ switches: { clearing: "null-ignoring-empty" } });
      const state = await created(olds);
      keycard.faults.add({ method: "PATCH", after: 1, kind: { status: 400, body: { message: "No." } } });
      const error = await failureOf(update(state, { ...olds, description: "" }));
      assert.match(
        error.message,
        /^Keycard updated the secret sec_1 but did not clear description\. Could not update the secret: PATCH .* answered 400, saying "No\."/,
      );
      assert.deepEqual([error["id"], error["reasons"]], ["sec_1", [error.message]]);
      assert.deepEqual(error["properties"], { ...stateNow(1), __isUnfinished: true, __provider: LOADER });
      assert.deepEqual(keycard.calls(), [patch({ description: "" }), patch({ description: null })]);
    });
  });
});
