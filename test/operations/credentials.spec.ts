import assert from "node:assert/strict";
import { SecretProvider } from "../support/dynamic-resource";
import {
  bare,
  create,
  created,
  failureOf,
  full,
  keycard,
  provider,
  providerWith,
  read,
  remove,
  requestWith,
  start,
  stateNow,
  update,
  useProvider,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("credentials", () => {
    beforeEach(() => start());

    it("missing credentials fail the first call, not earlier", async () => {
      const none = providerWith({ "keycard:endpoint": keycard.url });
      const state = await created();
      const failures = await Promise.all(
        [
          create(full, none),
          read(state, none),
          update(state, { ...full, name: "gitlab" }, none),
          remove(state, none),
        ].map(failureOf),
      );
      const both = [
        "keycard-secrets:clientId",
        "keycard-secrets:clientSecret",
        "KEYCARD_CLIENT_ID",
        "KEYCARD_CLIENT_SECRET",
      ];
      for (const { message } of failures) {
        assert.deepEqual(
          both.filter((name) => message.includes(name)),
          both,
        );
      }
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
    });

    it("credentials come from the environment if they are not configured", async () => {
      process.env["KEYCARD_ENDPOINT"] = keycard.url;
      process.env["KEYCARD_ACCESS_TOKEN"] = keycard.accessToken;
      const { outs } = await create(bare, new SecretProvider());
      assert.deepEqual(outs, stateNow());
      assert.deepEqual(keycard.requests[0]?.headers.authorization, `Bearer ${keycard.accessToken}`);
      assert.equal(keycard.tokenRequests.length, 0);
    });

    it("the configuration takes precedence over the environment", async () => {
      process.env["KEYCARD_ENDPOINT"] = "http://127.0.0.1:1";
      process.env["KEYCARD_CLIENT_ID"] = "another";
      process.env["KEYCARD_CLIENT_SECRET"] = "another-secret";
      await create(bare);
      assert.equal(keycard.secrets().length, 1);
    });

    it("credentials are resolved again after another configure", async () => {
      await create(bare);
      await provider.configure(requestWith({ "keycard:endpoint": keycard.url }));
      await assert.rejects(create(bare), /No Keycard credentials found/);
    });

    it("configure never throws or waits because of credentials", async () => {
      const wrong = requestWith({ "keycard:endpoint": "no address", "keycard:concurrency": "none" });
      assert.equal(await new SecretProvider().configure(wrong), undefined);
      const late = new SecretProvider();
      void late.configure(
        requestWith({ "keycard:endpoint": keycard.url, "keycard:accessToken": keycard.accessToken }),
      );
      await create(bare, late);
      assert.equal(keycard.secrets().length, 1);
    });
  });
});
