import assert from "node:assert/strict";
import { missingPlaces, zoneUnknown } from "../../provider/secret/state";

describe("a state that was edited by hand", () => {
  it("may not tell the place of its secret", () => {
    assert.deepEqual(missingPlaces({}), ["zoneId", "entityId"]);
    assert.deepEqual(missingPlaces({ zoneId: "z1", entityId: "" }), ["entityId"]);
    assert.deepEqual(missingPlaces({ zoneId: 5 as unknown as string, entityId: "e1" }), ["zoneId"]);
    assert.deepEqual(missingPlaces({ zoneId: "z1", entityId: "e1" }), []);
  });

  it("is completed by the program, or dropped if the secret is gone", () => {
    const { message } = zoneUnknown("delete", "s1");
    assert.match(message, /^Could not delete the secret s1: .* zone .*\. Run `pulumi up` /);
    assert.match(message, /, which completes the state\. .*`pulumi state delete`/);
  });
});
