import assert from "node:assert/strict";
import { accountOf, clientOf, errorOf } from "../support";
import { keycard, start, useClient } from "./support";

const ADVICE = "Remove the older setting.";

describe("the client", () => {
  useClient();

  describe("advice about the credentials", () => {
    for (const status of [401, 403]) {
      it(`the error of a ${status} ends with the advice`, async () => {
        await start();
        const credentials = { source: "a token", accessToken: keycard.accessToken, advice: ADVICE };
        keycard.faults.add({ kind: { status } });
        const { message } = await errorOf(clientOf(keycard, { credentials }).readSecret("z1", "s1"));
        assert.match(
          message,
          /\. Authenticated with a token\. Check that these credentials are valid and allowed to manage secrets in this zone\. Remove the older setting\.$/,
        );
      });
    }

    it("the error of a 403 ends without advice if there is none", async () => {
      const client = await start({ switches: { readValues: "forbidden" } });
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.match(message, / allowed to manage secrets in this zone\.$/);
    });

    it("the error of another rejection does not name the credentials", async () => {
      await start();
      const credentials = { source: "a token", accessToken: keycard.accessToken, advice: ADVICE };
      const { message } = await errorOf(clientOf(keycard, { credentials }).readSecret("z1", "none"));
      assert.match(message, /\. Check the zone ID and the secret ID\.$/);
    });

    it("the error of rejected client credentials ends with both kinds of advice, that of a call with the second", async () => {
      await start({ switches: { readValues: "forbidden" } });
      const rejectedAdvice = "They may be those of an application.";
      const accepted = { ...accountOf(keycard), advice: ADVICE, rejectedAdvice };
      const refused = await errorOf(clientOf(keycard, { credentials: accepted }).readSecret("z1", "s1"));
      assert.doesNotMatch(refused.message, /application/);
      const credentials = { ...accepted, clientSecret: "planted-wrong" };
      const { message } = await errorOf(clientOf(keycard, { credentials }).readSecret("z1", "s1"));
      assert.match(
        message,
        /Keycard rejected the test's account\. Correct these credentials\. They may be those of an application\. Remove the older setting\.$/,
      );
    });
  });
});
