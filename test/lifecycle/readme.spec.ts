import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard } from "../emulator";
import { codeBlocks } from "../support/code-blocks";
import { openWorkspace } from "./support/open-workspace";

describe("the first program of the README", () => {
  const blocks = codeBlocks(resolve(__dirname, "../../README.md")).filter(
    ({ heading }) => heading === "A first program",
  );
  const textOf = (language: string) => blocks.find((block) => block.language === language)?.text ?? "";

  it("runs word by word", async () => {
    const keycard = await startKeycard({ clientId: "my-service-account" });
    const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-readme-"));
    await writeFile(join(folder, "Pulumi.yaml"), textOf("yaml"));
    await writeFile(join(folder, "package.json"), textOf("json"));
    await writeFile(join(folder, "index.ts"), textOf("ts"));
    const stack = await openWorkspace({
      folder,
      env: { KEYCARD_ENDPOINT: keycard.url, PULUMI_SKIP_CONFIRMATIONS: "true" },
    });
    try {
      const answers: Record<string, string> = {
        "keycard:clientSecret": keycard.clientSecret,
        githubToken: "planted-token",
      };
      for (const line of textOf("sh").trim().split("\n")) {
        const [, ...words] = line.split(" ");
        // The harness has made the stack already.
        if (words.join(" ") === "stack init dev") continue;
        const asked = words.includes("--secret") ? answers[words.at(-1) ?? ""] : undefined;
        const { failed, stdout, stderr } = await stack.cli(words, asked);
        assert.ok(!failed, `${line}: ${stdout}${stderr}`);
      }
      assert.deepEqual(
        keycard.secrets().map(({ zone_id, entity_id, name, data }) => [zone_id, entity_id, name, data]),
        [["zone_1", "ent_1", "github", { type: "token", token: "planted-token" }]],
      );
      assert.ok(!stack.allText().includes("planted-"));
      assert.ok(!(await stack.storedText()).includes("planted-"));
    } finally {
      await stack.close();
      await keycard.close();
      await rm(folder, { recursive: true });
    }
  });
});
