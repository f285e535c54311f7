import assert from "node:assert/strict";
import { judgeBridgedKeys, judgeKeys, judgeVariables } from "../../provider/config/unknown-keys";

const SETTINGS =
  "endpoint, clientId, clientSecret, accessToken, zoneId, attemptTimeoutSeconds, totalTimeoutSeconds, concurrency, readValues, parallelReads";

describe("the keys of a configuration", () => {
  it("settings, Pulumi's own keys and keys of other packages cause no error", () => {
    const keys = SETTINGS.split(", ").flatMap((name) => [`keycard-secrets:${name}`, `keycard:${name}`]);
    const others = [
      "aws:region",
      "project:endpont",
      "keycard-secrets:version",
      "keycard-secrets:pluginDownloadURL",
    ];
    assert.deepEqual(judgeKeys([...keys, ...others], "project"), { errors: [], warnings: [] });
  });

  it("an unknown key in our namespace is an error that lists the settings", () => {
    const { errors, warnings } = judgeKeys(
      ["keycard-secrets:readvalues", "keycard-secrets:region"],
      "project",
    );
    assert.deepEqual(errors, [
      "keycard-secrets:readvalues is not a setting. Did you mean `keycard-secrets:readValues`? " +
        `The settings are ${SETTINGS}. Remove it with \`pulumi config rm keycard-secrets:readvalues\`.`,
      `keycard-secrets:region is not a setting. The settings are ${SETTINGS}. ` +
        "Remove it with `pulumi config rm keycard-secrets:region`.",
    ]);
    assert.deepEqual(warnings, []);
  });

  it("a key that resembles ours in the shared namespace is a warning", () => {
    const keys = ["readvalues", "endpont", "timeout", "zone", "organization", "retries"].map(
      (key) => `keycard:${key}`,
    );
    const { errors, warnings } = judgeKeys(keys, "project");
    assert.deepEqual(errors, []);
    assert.deepEqual(warnings, [
      "keycard:readvalues is ignored: it is not a setting of pulumi-keycard. Did you mean `keycard-secrets:readValues`?",
      "keycard:endpont is ignored: it is not a setting of pulumi-keycard. Did you mean `keycard-secrets:endpoint`?",
      "keycard:timeout is ignored: it is not a setting of pulumi-keycard. " +
        "Did you mean `keycard-secrets:attemptTimeoutSeconds` or `keycard-secrets:totalTimeoutSeconds`?",
      "keycard:zone is ignored: it is not a setting of pulumi-keycard. Did you mean `keycard-secrets:zoneId`?",
    ]);
  });

  it("keys belong to the project if that has the name of our namespace", () => {
    const { errors, warnings } = judgeKeys(
      ["keycard-secrets:githubToken", "keycard-secrets:endpont"],
      "keycard-secrets",
    );
    assert.deepEqual(errors, []);
    assert.equal(warnings.length, 1);
  });
});

describe("the variables of the environment", () => {
  it("a variable that differs from ours in one or two letters causes a warning", () => {
    const env = {
      KEYCARD_READ_VALUE: "false",
      KEYCARD_ZONEID: "z",
      KEYCARD_CONCURRENCY: "1",
      KEYCARD_LOG: "debug",
      KEYCARD_URL: "x",
      KEYCARD_ZONE_URL: "x",
      PATH: "x",
    };
    assert.deepEqual(judgeVariables(env), [
      "The environment variable KEYCARD_READ_VALUE is ignored: pulumi-keycard reads no such variable. " +
        "Did you mean KEYCARD_READ_VALUES?",
      "The environment variable KEYCARD_ZONEID is ignored: pulumi-keycard reads no such variable. " +
        "Did you mean KEYCARD_ZONE_ID?",
    ]);
  });

  it("a setting that only this package knows breaks the bridged provider in its namespace, and no other key does", () => {
    const keys = ["endpoint", "clientId", "clientSecret", "zoneId", "readValues", "organization"];
    const warnings = judgeBridgedKeys([
      ...keys.map((key) => `keycard:${key}`),
      "keycard-secrets:zoneId",
      "zoneId",
    ]);
    assert.deepEqual(warnings, [
      "keycard:zoneId breaks Keycard's Terraform provider, which this program uses too: it rejects keys that it does not know. " +
        "Set keycard-secrets:zoneId instead, and run `pulumi config rm keycard:zoneId`.",
      "keycard:readValues breaks Keycard's Terraform provider, which this program uses too: it rejects keys that it does not know. " +
        "Set keycard-secrets:readValues instead, and run `pulumi config rm keycard:readValues`.",
    ]);
  });
});
