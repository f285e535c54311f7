import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { openWorkspace } from "./support/open-workspace";
import type { Workspace } from "./support/workspace";

/** Simulates a provider with a write-only field: sends it if its version changes, and returns it in no output. */
const provider: pulumi.dynamic.ResourceProvider = {
  check: (_olds: unknown, news: Record<string, unknown>) => Promise.resolve({ inputs: news }),
  diff: (_id: string, olds: { passwordWoVersion: number }, news: { passwordWoVersion: number }) =>
    Promise.resolve({ changes: olds.passwordWoVersion !== news.passwordWoVersion }),
  create: ({ passwordWoVersion }: { passwordWoVersion: number }) =>
    Promise.resolve({ id: "account_1", outs: { passwordWoVersion } }),
  update: (_id: string, _olds: unknown, { passwordWoVersion }: { passwordWoVersion: number }) =>
    Promise.resolve({ outs: { passwordWoVersion } }),
};

describe("a write-only field of another provider", () => {
  let stack: Workspace;

  before(async () => (stack = await openWorkspace({ program: () => Promise.resolve() })));
  after(() => stack.close());

  /** The field in the state after an `up`, decrypted. */
  async function upWith(passwordWo: string, passwordWoVersion: number) {
    stack.program = () => {
      const props = { passwordWo: pulumi.secret(passwordWo), passwordWoVersion };
      class Account extends pulumi.dynamic.Resource {}
      return Promise.resolve(void new Account(provider, "account", props));
    };
    await stack.up();
    const { text, resources } = await stack.exportState();
    assert.ok(!text.includes("planted-"), "the value is in the state in plain text");
    const account = resources.find(({ urn }) => urn.endsWith("::account"));
    const { plaintext } = account?.inputs?.["passwordWo"] as { plaintext: string };
    return { inputs: JSON.parse(plaintext) as string, outputs: account?.outputs?.["passwordWo"] };
  }

  it("every value of a write-only field is in the inputs of the state, encrypted", async () => {
    assert.deepEqual(await upWith("planted-first", 1), { inputs: "planted-first", outputs: undefined });
    // This value is not even sent, because the version is the same.
    assert.deepEqual(await upWith("planted-second", 1), { inputs: "planted-second", outputs: undefined });
    assert.deepEqual(await upWith("planted-third", 2), { inputs: "planted-third", outputs: undefined });
  });
});
