import assert from "node:assert/strict";
import { provider as sharedProvider } from "../provider/engine/dynamic";

describe("the provider", () => {
  describe("the provider of the loader text", () => {
    it("the loader text returns one object with all methods of the engine", () => {
      for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"] as const) {
        assert.equal(typeof sharedProvider[method], "function");
      }
    });
  });
});
