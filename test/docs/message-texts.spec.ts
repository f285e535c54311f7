import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fits, messageTexts } from "./message-texts";

describe("the texts of a source", () => {
  it("the texts of a source are its literals, with a hole for each variable part", () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-texts-"));
    try {
      writeFileSync(
        join(folder, "a.ts"),
        'throw new Error(`Could not ${what}: ` + (late ? "too late" : "") + ". Retry.")',
      );
      const texts = messageTexts(folder);
      assert.ok(texts.includes("Could not …: …. Retry."), texts.join("\n"));
      assert.ok(texts.includes("too late"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("a text fits a heading with holes anywhere, and no heading with other words", () => {
    assert.ok(fits("Could not … Retry", "Could not …: …. Retry."));
    assert.ok(!fits("Could not … Try again", "Could not …: …. Retry."));
    assert.ok(!fits("Could not create", "Could not …: …. Retry."));
  });
});
