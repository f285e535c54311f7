import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PICTURE_FILE, recordPicture } from "../pictures/record";

describe("the picture in the README", () => {
  it("the picture in the README shows what the CLI prints today", async () => {
    const committed = await readFile(PICTURE_FILE, "utf8");
    assert.equal(committed, await recordPicture(), "Run `npm run docs:pictures`.");
  });
});
