import assert from "node:assert/strict";
import { resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { codeBlocks } from "../support/code-blocks";
import { openNewcomer, type Newcomer } from "./support/newcomer";

describe("the quick start of the README", () => {
  const blocks = codeBlocks(resolve(__dirname, "../../README.md")).filter(
    ({ heading }) => heading === "Quick start",
  );
  const textOf = (language: string) => blocks.find((block) => block.language === language)?.text ?? "";
  let keycard: Keycard;
  let newcomer: Newcomer;

  before(async () => {
    keycard = await startKeycard({ clientId: "my-service-account" });
    newcomer = await openNewcomer(keycard);
  });
  after(async () => {
    await newcomer.close();
    await keycard.close();
  });

  it("the quick start of the README creates a secret word by word, and prints what it shows", async () => {
    await newcomer.write("Pulumi.yaml", textOf("yaml"));
    await newcomer.write("index.ts", textOf("ts"));
    // As `npm install` leaves it.
    await newcomer.write("package.json", "{}");
    const typed = { "keycard-secrets:clientSecret": keycard.clientSecret, githubToken: "planted-token" };
    const printed = await newcomer.run(textOf("sh"), typed);
    assert.ok(withoutTimes(printed).includes(withoutTimes(textOf("text"))), printed);
    assert.deepEqual(
      keycard.secrets().map(({ zone_id, entity_id, name, data }) => [zone_id, entity_id, name, data]),
      [["zone_1", "ent_1", "github", { type: "token", token: "planted-token" }]],
    );
    assert.ok(!printed.includes("planted-"));
  });
});

/** Without durations, lines of progress and blanks at the ends of lines. */
function withoutTimes(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/creating \(|^@ /.test(line))
    .map((line) => line.replace(/\([\d.]+m?s\)/, "(…)").trimEnd())
    .join("\n")
    .trim();
}
