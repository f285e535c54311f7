import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { projectErrors } from "./support/compile";

const EXAMPLES = resolve(__dirname, "../examples");

describe("an example", function () {
  this.timeout(60_000);

  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && existsSync(join(EXAMPLES, entry.name, "tsconfig.json")),
  );
  for (const { name } of folders) {
    it(`the example ${name} compiles with its own settings`, () => {
      assert.deepEqual(projectErrors(join(EXAMPLES, name)), []);
    });
  }
});
