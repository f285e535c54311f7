import assert from "node:assert/strict";
import { Slots } from "../../../provider/keycard/http/request";

describe("slots", () => {
  it("slots are assigned in the order in which they were requested", async () => {
    const slots = new Slots(1);
    await slots.take(1_000);
    const order: number[] = [];
    const takers = [1, 2, 3].map(async (number) => {
      assert.equal(await slots.take(1_000), true);
      order.push(number);
      slots.release();
    });
    slots.release();
    await Promise.all(takers);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it("no slot is lost to a request that has timed out", async () => {
    const slots = new Slots(1);
    await slots.take(1_000);
    const [late, patient] = [slots.take(20), slots.take(1_000)];
    assert.equal(await late, false);
    slots.release();
    assert.equal(await patient, true);
    slots.release();
    assert.equal(await slots.take(1_000), true);
  });

  it("no slot is assigned if no time is left", async () => {
    const slots = new Slots(1);
    assert.deepEqual([await slots.take(0), await slots.take(-1), await slots.take(1)], [false, false, true]);
  });
});
