import assert from "node:assert/strict";
import { HIDDEN_INPUT, writeHiddenInput } from "../../provider/pulumi-values";
import {
  bare,
  check,
  create,
  failureOf,
  keycard,
  nextRun,
  notes,
  provider,
  read,
  start,
  useProvider,
} from "../support/secret-provider";

const NOT_VISIBLE =
  /is not visible: its listing answers 404 too\. Correct its ID, or use credentials of the organisation/;
const posts = () => keycard.requests.filter(({ method }) => method === "POST").length;
const waits = () => notes.filter((line) => line.startsWith("Waiting up to"));

describe("a wrong zone", () => {
  useProvider();
  beforeEach(() => start({ zones: ["zone_other"] }));

  const registered = (hasFixedZone: boolean) => ({
    ...bare,
    [HIDDEN_INPUT]: writeHiddenInput({ urn: "urn:pulumi:s::p::t::github", preview: false, hasFixedZone }),
  });

  it("from the settings fails at once, and the error names the setting and what Keycard said", async () => {
    for (const place of ["keycard-secrets:zoneId", "keycard:zoneId", "KEYCARD_ZONE_ID"]) {
      if (place.includes(":")) nextRun({ [place]: "zone_1" });
      else {
        process.env[place] = "zone_1";
        nextRun();
      }
      keycard.clearLog();
      const { message } = await failureOf(create(bare));
      assert.match(
        message,
        /POST \/zones\/zone_1\/secrets answered 404, saying "Zone not found" \(code not_found\)/,
      );
      assert.match(message, new RegExp(`Zone zone_1, from ${place}, ${NOT_VISIBLE.source}`));
      assert.deepEqual([posts(), waits()], [1, []]);
    }
  });

  it("that the program gives as a text fails at once, and names the argument", async () => {
    const { inputs } = await check(registered(true));
    const { message } = await failureOf(create(inputs));
    assert.match(message, new RegExp(`from the argument \`zoneId\`, ${NOT_VISIBLE.source}`));
    assert.deepEqual([posts(), waits()], [1, []]);
  });

  it("that may be created in the same run is waited for", async () => {
    const { inputs } = await check(registered(false));
    const { message } = await failureOf(create(inputs));
    assert.match(message, NOT_VISIBLE);
    assert.ok(posts() > 1);
    assert.equal(waits().length, 1);
  });

  it("is named by the first read of a secret, by an adoption and by a lookup", async () => {
    process.env["KEYCARD_ZONE_ID"] = "zone_1";
    nextRun();
    const first = await failureOf(read({ zoneId: "zone_1" }));
    assert.match(
      first.message,
      /zone zone_1 is not visible at .*The zone is that of KEYCARD_ZONE_ID\. Authenticated with/,
    );
    const adopted = await failureOf(create({ ...bare, adoptId: "sec_1" }));
    assert.match(adopted.message, /The zone is that of KEYCARD_ZONE_ID\./);
    const listed = await failureOf(provider.lookUp("listSecrets", "zone_1", {}));
    assert.match(listed.message, new RegExp(`Zone zone_1, from KEYCARD_ZONE_ID, ${NOT_VISIBLE.source}`));
    const given = await failureOf(provider.lookUp("getSecret", "zone_2", { name: "x" }));
    assert.match(given.message, /Zone zone_2, from the argument `zoneId`, is not visible/);
  });

  it("is told from a wrong entity", async () => {
    await keycard.close();
    await start({ entities: ["ent_other"] }, { "keycard:zoneId": "zone_1" });
    const { message } = await failureOf(create(bare));
    assert.match(
      message,
      /Zone zone_1 is visible, so it is the entity ent_1 that was not found\. Correct `entityId`\.$/,
    );
    assert.equal(waits().length, 1);
  });
});
