import assert from "node:assert/strict";
import { connect } from "../../provider/network";
import { adopt } from "../../provider/secret/update";
import { ValueReader } from "../../provider/values/reader";
import { type Keycard, startKeycard } from "../emulator";

describe("adopting a secret", () => {
  let keycard: Keycard;

  beforeEach(async () => (keycard = await startKeycard({ ids: "sequential" })));
  afterEach(() => keycard.close());

  it("a secret of another zone is not adopted, and the error names both zones", async () => {
    const { data, ...secret } = keycard.put({ zone_id: "zone_2" });
    const body = JSON.stringify({ ...secret, data });
    const headers = { "content-type": "application/json" };
    keycard.faults.add({ method: "GET", kind: { status: 200, when: "before", body, headers } });
    const client = connect(() => undefined, {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_ACCESS_TOKEN: keycard.accessToken,
    });
    const inputs = { zoneId: "zone_1", entityId: "ent_1", name: "sec_1", data };
    const tools = {
      reader: new ValueReader(assert.fail),
      initialValues: new Map(),
      hide: assert.fail,
    };
    await assert.rejects(
      adopt(client, "sec_1", { inputs, tools, owners: { isOwnName: false } }),
      /The secret sec_1 belongs to zone zone_2, but zone zone_1 is declared\. Correct `zoneId`/,
    );
    assert.deepEqual(
      keycard.calls().map(({ method }) => method),
      ["GET"],
    );
  });
});
