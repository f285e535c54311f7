import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { PICTURES } from "../pictures/record";

describe("the pictures in the README", () => {
  for (const { file, record } of PICTURES) {
    it(`${basename(file)} shows what the CLI prints today`, async () => {
      const committed = await readFile(file, "utf8");
      assert.equal(committed, await record(), "Run `npm run docs:pictures`.");
    });
  }
});
