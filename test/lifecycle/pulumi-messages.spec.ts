import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProviderResource } from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { isAtLeast } from "../engine/engine";
import { findEngine } from "../engine/find-engine";
import { readDocument } from "../support/documents";
import { openScene, token, type Scene } from "./support/scene";

/** Messages that the specs of other topics test. */
const ELSEWHERE = [
  // identity.spec.ts
  "Cannot find module 'pulumi-keycard/provider'",
  // killed-provider.spec.ts
  "error reading from server: EOF",
];

/** What is printed if the input `__provider` is missing. With CLI 3.259, an import has a message of its own. */
const MESSAGES = {
  dropped: "code must be a string, not undefined",
  imported: "Cannot read properties of undefined (reading 'toJavaScript')",
};

describe("a message that only Pulumi prints", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("message") };
  const seen = new Set(ELSEWHERE);
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  function assertPrinted(message: string, printed: string): void {
    seen.add(message);
    assert.ok(printed.includes(message), printed);
  }

  it("Pulumi's message appears if a transform drops `__provider`", async () => {
    scene.stack.program = () => {
      const drop = ({
        props: { __provider, ...props },
        opts,
      }: {
        props: Record<string, unknown>;
        opts: object;
      }) => {
        assert.equal(typeof __provider, "string");
        return { props, opts };
      };
      return Promise.resolve(void new Secret("github", args, { transforms: [drop] }));
    };
    assertPrinted(MESSAGES.dropped, (await scene.stack.upFails()).error);
  });

  it("Pulumi's message appears if a dynamic resource is imported on the command line", async () => {
    const type = "pulumi-nodejs:dynamic/keycard:Secret";
    const { stdout, failed } = await scene.stack.cli(["import", type, "github", "sec_1", "--yes"]);
    assert.ok(failed);
    const { dropped, imported } = MESSAGES;
    const { version } = await findEngine(() => undefined);
    // `npm run test:floor` tests the older one.
    assertPrinted(isAtLeast(version, [3, 274]) ? dropped : imported, stdout);
    seen.add(imported);
  });

  it("Pulumi's message appears if another run is active", async () => {
    const locks = join(scene.stack.root, "state/.pulumi/locks/organization/lifecycle/test");
    await mkdir(locks, { recursive: true });
    await writeFile(
      join(locks, "lock.json"),
      '{"pid":1,"username":"u","hostname":"h","timestamp":"2026-01-01T00:00:00Z"}',
    );
    assertPrinted("the stack is currently locked", (await scene.stack.upFails()).error);
  });

  it("docs/troubleshooting.md has exactly the messages that these tests have seen", () => {
    let section = "";
    const messages = readDocument("docs/troubleshooting.md").headings.flatMap(({ level, text }) => {
      if (level === 2) section = text;
      return level === 3 && section === "Messages that Pulumi prints" ? [text] : [];
    });
    assert.deepEqual(messages.sort(), [...seen].sort());
  });
});

describe("an explicit provider of the dynamic resources", () => {
  it("an explicit provider of dynamic resources does not get the stack's configuration", async () => {
    const scene = await openScene({ env: { KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" } });
    try {
      await scene.stack.setConfig({
        "keycard-secrets:clientId": scene.keycard.clientId,
        "keycard-secrets:clientSecret": { secret: scene.keycard.clientSecret },
      });
      class Dynamic extends ProviderResource {
        constructor() {
          super("pulumi-nodejs", "mine", {});
        }
      }
      scene.stack.program = () => {
        const args: SecretArgs = { entityId: "ent_1", data: token("explicit") };
        return Promise.resolve(void new Secret("github", args, { provider: new Dynamic() }));
      };
      assert.match((await scene.stack.upFails()).error, /No Keycard credentials found/);
    } finally {
      await scene.close();
    }
  });
});
