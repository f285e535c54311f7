import assert from "node:assert/strict";
import {
  type Environment,
  defaultZoneId,
  problemsOfSettings,
  resolveSettings,
} from "../../provider/config/settings";

const ACCOUNT = { "keycard-secrets:clientId": "id", "keycard-secrets:clientSecret": "planted-secret" };

const ADVICE =
  "`pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`: if you have changed these " +
  "settings since then, add `--run-program`.";

function resolve(config: Record<string, string> = {}, env: Environment = {}) {
  return resolveSettings((key) => config[key], env);
}

/** Resolves with credentials, so that only what else is given matters. */
const settings = (config: Record<string, string> = {}, env: Environment = {}) =>
  resolve({ ...ACCOUNT, ...config }, env);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("it succeeded");
}

describe("config", () => {
  it("credentials alone are enough to get all defaults", () => {
    assert.deepEqual(resolve(ACCOUNT), {
      endpoint: "https://api.keycard.ai",
      credentials: {
        source:
          "the client id from keycard-secrets:clientId with the client secret from keycard-secrets:clientSecret",
        advice: ADVICE,
        clientId: "id",
        clientSecret: "planted-secret",
      },
      limits: {
        attemptMs: 30_000,
        totalMs: 180_000,
        settings: {
          attempt: "keycard-secrets:attemptTimeoutSeconds or KEYCARD_ATTEMPT_TIMEOUT_SECONDS",
          total: "keycard-secrets:totalTimeoutSeconds or KEYCARD_TOTAL_TIMEOUT_SECONDS",
        },
      },
      concurrency: 16,
      readValuesAt: "keycard-secrets:readValues or KEYCARD_READ_VALUES",
    });
  });

  describe("precedence", () => {
    const places: [setting: string, places: string[], read: (env: Environment) => unknown][] = [
      [
        "endpoint",
        ["keycard-secrets:endpoint", "keycard:endpoint", "KEYCARD_ENDPOINT", "KEYCARD_API_BASE_URL"],
        (all) => settings(all as Record<string, string>, all).endpoint,
      ],
      [
        "clientId",
        ["keycard-secrets:clientId", "keycard:clientId", "KEYCARD_CLIENT_ID", "KEYCARD_API_CLIENT_ID"],
        (all) => credentialsOf({ ...all, "keycard:clientSecret": "s" }, "clientId"),
      ],
      [
        "clientSecret",
        [
          "keycard-secrets:clientSecret",
          "keycard:clientSecret",
          "KEYCARD_CLIENT_SECRET",
          "KEYCARD_API_CLIENT_SECRET",
        ],
        (all) => credentialsOf({ ...all, "keycard:clientId": "i" }, "clientSecret"),
      ],
      [
        "accessToken",
        ["keycard-secrets:accessToken", "keycard:accessToken", "KEYCARD_ACCESS_TOKEN", "KEYCARD_API_API_KEY"],
        (all) => credentialsOf(all, "accessToken"),
      ],
      [
        "zoneId",
        ["keycard-secrets:zoneId", "keycard:zoneId", "KEYCARD_ZONE_ID"],
        (all) => defaultZoneId((key) => all[key], all),
      ],
    ];

    function credentialsOf(all: Environment, name: string): unknown {
      const { credentials } = resolveSettings((key) => all[key], all);
      return new Map<string, unknown>(Object.entries(credentials)).get(name);
    }

    for (const [setting, names, read] of places) {
      it(`takes ${setting} from the first of its places`, () => {
        const all = Object.fromEntries(names.map((name, level) => [name, `https://place-${level}`]));
        for (const [level, name] of names.entries()) {
          assert.equal(read(all), `https://place-${level}`);
          // An empty one is treated as unset.
          all[name] = "";
        }
      });
    }

    it("reads the configuration and the environment separately", () => {
      const { endpoint } = settings({ KEYCARD_ENDPOINT: "https://x" }, { "keycard:endpoint": "https://y" });
      assert.equal(endpoint, "https://api.keycard.ai");
      assert.equal(
        defaultZoneId(() => undefined, { "keycard:zoneId": "z" }),
        undefined,
      );
    });
  });

  describe("credentials", () => {
    it("the source names the place of the client id and of the client secret", () => {
      const { credentials } = resolve({ "keycard:clientId": "id" }, { KEYCARD_API_CLIENT_SECRET: "s" });
      assert.equal(
        credentials.source,
        "the client id from keycard:clientId with the client secret from KEYCARD_API_CLIENT_SECRET",
      );
    });

    it("an access token alone is enough", () => {
      assert.deepEqual(resolve({}, { KEYCARD_ACCESS_TOKEN: "t" }).credentials, {
        source: "the token from KEYCARD_ACCESS_TOKEN",
        accessToken: "t",
      });
    });

    it("an access token takes precedence over a client id without a secret", () => {
      const env = { KEYCARD_ACCESS_TOKEN: "t", KEYCARD_CLIENT_ID: "id" };
      assert.ok("accessToken" in resolve({}, env).credentials);
    });

    for (const [token, secret] of [
      ["keycard-secrets:accessToken", "keycard-secrets:clientSecret"],
      ["keycard:accessToken", "keycard:clientSecret"],
      ["KEYCARD_ACCESS_TOKEN", "KEYCARD_CLIENT_SECRET"],
      ["KEYCARD_API_API_KEY", "KEYCARD_API_CLIENT_SECRET"],
    ] as const) {
      it(`setting both ${token} and ${secret} is an error`, () => {
        const all = { [token]: "planted-token", [secret]: "planted-secret", "keycard:clientId": "id" };
        const message = `Set only one of ${token} and ${secret}.`;
        assert.equal(
          messageOf(() => resolve(all, all)),
          message,
        );
        assert.deepEqual(
          problemsOfSettings((key) => new Map(Object.entries(all)).get(key), all),
          [message],
        );
      });
    }

    it("credentials in our own namespace take precedence over those of Keycard's Terraform provider", () => {
      const shared = { "keycard:clientId": "i", "keycard:clientSecret": "s" };
      const { credentials } = resolve({ ...shared, "keycard-secrets:accessToken": "t" });
      assert.ok("accessToken" in credentials);
    });

    it("credentials in a higher place take precedence over the other kind", () => {
      const token = resolve(
        { "keycard:accessToken": "t" },
        { KEYCARD_CLIENT_ID: "i", KEYCARD_CLIENT_SECRET: "s" },
      );
      assert.ok("accessToken" in token.credentials);
      const account = resolve(ACCOUNT, { KEYCARD_ACCESS_TOKEN: "t" });
      assert.ok("clientSecret" in account.credentials);
      const family = resolve(
        {},
        { KEYCARD_API_API_KEY: "t", KEYCARD_CLIENT_ID: "i", KEYCARD_CLIENT_SECRET: "s" },
      );
      assert.ok("clientSecret" in family.credentials);
    });

    it("the error for missing credentials names the keys and variables", () => {
      const message = messageOf(() => resolve({ "keycard:clientSecret": "" }, { KEYCARD_ACCESS_TOKEN: "" }));
      const names = [
        ...["keycard-secrets:clientId", "keycard-secrets:clientSecret", "keycard-secrets:accessToken"],
        ...["KEYCARD_CLIENT_ID", "KEYCARD_CLIENT_SECRET", "KEYCARD_ACCESS_TOKEN"],
      ];
      for (const name of names) assert.ok(message.includes(name), name);
      // Pulumi gives the stack's configuration to its default provider alone.
      assert.match(message, /remove the option `provider` from the resource/);
    });

    it("the error for half of the credentials names the present and the missing half", () => {
      assert.equal(
        messageOf(() => resolve({}, { KEYCARD_API_CLIENT_ID: "id" })),
        "KEYCARD_API_CLIENT_ID is set, but the client secret is missing. " +
          "Set keycard-secrets:clientSecret or KEYCARD_CLIENT_SECRET.",
      );
      assert.equal(
        messageOf(() => resolve({ "keycard:clientSecret": "planted-secret" })),
        "keycard:clientSecret is set, but the client ID is missing. " +
          "Set keycard-secrets:clientId or KEYCARD_CLIENT_ID.",
      );
    });

    it("the settings of an explicit provider are its arguments", () => {
      const config = new Map([
        ["keycard-secrets:clientSecret", "planted-secret"],
        ["keycard-secrets:readValues", "false"],
      ]);
      const read = Object.assign((key: string) => config.get(key), { provider: "mine" });
      const env = { KEYCARD_CLIENT_ID: "id" };
      const { credentials, valuesForbiddenBy, limits } = resolveSettings(read, env);
      assert.equal(
        credentials.source,
        "the client id from KEYCARD_CLIENT_ID with the client secret from `clientSecret` of the provider `mine`",
      );
      assert.equal(credentials.advice, ADVICE);
      assert.equal(valuesForbiddenBy, "`readValues` of the provider `mine`");
      assert.equal(
        limits.settings?.total,
        "`totalTimeoutSeconds` of the provider `mine` or KEYCARD_TOTAL_TIMEOUT_SECONDS",
      );
      assert.equal(
        messageOf(() => resolveSettings(read, {})),
        "`clientSecret` of the provider `mine` is set, but the client ID is missing. " +
          "Set `clientId` of the provider `mine` or KEYCARD_CLIENT_ID.",
      );
      config.delete("keycard-secrets:clientSecret");
      const missing = messageOf(() => resolveSettings(read, {}));
      assert.match(missing, /Set `clientId` and `clientSecret` of the provider `mine`, or KEYCARD_CLIENT_ID/);
      assert.doesNotMatch(missing, /pulumi config|keycard-secrets:/);
      config.set("keycard-secrets:concurrency", "0");
      assert.deepEqual(problemsOfSettings(read, {}), [
        "`concurrency` of the provider `mine` must be a number above 0, such as 16.",
      ]);
    });

    it("only the variables that agents read may be those of an application", () => {
      const adviceOf = (env: Environment) => resolve({}, env).credentials.rejectedAdvice;
      assert.match(
        adviceOf({ KEYCARD_CLIENT_ID: "id", KEYCARD_CLIENT_SECRET: "s" }) ?? "",
        /^KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET may be those of an application, .* service account/,
      );
      assert.notEqual(adviceOf({ KEYCARD_API_CLIENT_ID: "id", KEYCARD_CLIENT_SECRET: "s" }), undefined);
      assert.equal(adviceOf({ KEYCARD_API_CLIENT_ID: "id", KEYCARD_API_CLIENT_SECRET: "s" }), undefined);
      assert.equal(adviceOf({ KEYCARD_ACCESS_TOKEN: "t" }), undefined);
    });

    it("on the command line, the error for missing credentials names only variables", () => {
      for (const env of [{}, { KEYCARD_CLIENT_ID: "id" }, { KEYCARD_CLIENT_SECRET: "planted-secret" }]) {
        const message = messageOf(() => resolveSettings(undefined, env));
        assert.match(message, /Set .*KEYCARD_/);
        assert.doesNotMatch(message, /keycard-secrets|pulumi config|planted/);
      }
    });

    it("credentials from the configuration come with advice for refresh and destroy; those from the environment do not", () => {
      const env = { KEYCARD_CLIENT_ID: "id", KEYCARD_CLIENT_SECRET: "s" };
      assert.equal(resolve({}, env).credentials.advice, undefined);
      assert.equal(resolve({}, { KEYCARD_ACCESS_TOKEN: "t" }).credentials.advice, undefined);
      assert.equal(resolve({ "keycard:clientSecret": "s" }, env).credentials.advice, ADVICE);
      assert.equal(resolve({ "keycard-secrets:accessToken": "t" }).credentials.advice, ADVICE);
    });
  });

  describe("endpoint", () => {
    const accepted: [written: string, endpoint: string][] = [
      ["https://keycard.example", "https://keycard.example"],
      ["https://keycard.example//", "https://keycard.example"],
      ["https://keycard.example:8443/some/base/", "https://keycard.example:8443/some/base"],
      [" https://KEYCARD.example/Base \n", "https://keycard.example/Base"],
      ["https://keycard.example/base?", "https://keycard.example/base"],
      ["https://keycard.example/#", "https://keycard.example"],
      ["http://localhost:8080", "http://localhost:8080"],
      ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
      ["http://127.1.2.3", "http://127.1.2.3"],
      ["http://[::1]:8080", "http://[::1]:8080"],
    ];
    for (const [written, endpoint] of accepted) {
      it(`reads ${JSON.stringify(written)} as ${endpoint}`, () => {
        assert.equal(settings({ "keycard:endpoint": written }).endpoint, endpoint);
      });
    }

    for (const host of [
      ...["keycard.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"],
      ...["[::2]", "[::ffff:127.0.0.1]", "0.0.0.0", "128.0.0.1", "localhost@evil.example"],
    ]) {
      it(`rejects http for ${host}`, () => {
        const message = messageOf(() => settings({}, { KEYCARD_ENDPOINT: `http://${host}` }));
        assert.match(message, /^KEYCARD_ENDPOINT (uses http, .*Use https|must be a URL without credentials)/);
      });
    }

    it("rejects anything but an http(s) URL", () => {
      for (const value of ["keycard.example", "ftp://keycard.example", "https://", "file:///etc/passwd"]) {
        assert.equal(
          messageOf(() => settings({ "keycard:endpoint": value })),
          "keycard:endpoint must be an http(s) URL, such as https://api.keycard.ai.",
        );
      }
    });

    it("rejects credentials, query and fragment without showing them", () => {
      for (const rest of ["user:planted@x", "user@x", "x/?planted", "x/#planted"]) {
        assert.equal(
          messageOf(() => settings({}, { KEYCARD_API_BASE_URL: `https://${rest}` })),
          "KEYCARD_API_BASE_URL must be a URL without credentials, query or fragment.",
        );
      }
    });
  });

  describe("readValues", () => {
    const forbiddenBy = (config: Record<string, string>, env: Environment = {}) =>
      settings(config, env).valuesForbiddenBy;

    it("values may be read unless readValues is false", () => {
      assert.deepEqual(
        [forbiddenBy({}), forbiddenBy({ "keycard:readValues": "true" })],
        [undefined, undefined],
      );
    });

    it("the settings name the place where readValues is false", () => {
      assert.equal(forbiddenBy({ "keycard:readValues": "false" }), "keycard:readValues");
      assert.equal(forbiddenBy({}, { KEYCARD_READ_VALUES: "false" }), "KEYCARD_READ_VALUES");
    });

    it("readValues accepts only true and false", () => {
      assert.throws(
        () => forbiddenBy({ "keycard:readValues": "no" }),
        /keycard:readValues must be true or false/,
      );
    });
  });

  describe("numbers", () => {
    it("numbers are read from the configuration, then from the environment", () => {
      const { limits, concurrency } = settings(
        { "keycard:attemptTimeoutSeconds": "2.5", "keycard:concurrency": "3" },
        { KEYCARD_TOTAL_TIMEOUT_SECONDS: "60", KEYCARD_CONCURRENCY: "9" },
      );
      const { attemptMs, totalMs, settings: names } = limits;
      assert.deepEqual([attemptMs, totalMs, concurrency], [2_500, 60_000, 3]);
      // What is to be raised is what was set.
      assert.deepEqual(names, {
        attempt: "keycard:attemptTimeoutSeconds",
        total: "KEYCARD_TOTAL_TIMEOUT_SECONDS",
      });
    });

    it("without a configuration, numbers are named only by their variables", () => {
      const { limits } = resolveSettings(undefined, { KEYCARD_ACCESS_TOKEN: "t" });
      assert.deepEqual(limits.settings, {
        attempt: "KEYCARD_ATTEMPT_TIMEOUT_SECONDS",
        total: "KEYCARD_TOTAL_TIMEOUT_SECONDS",
      });
    });

    it("seconds become whole milliseconds that a timer can wait", () => {
      const milliseconds = (written: string) =>
        settings({ "keycard:attemptTimeoutSeconds": written }).limits.attemptMs;
      assert.deepEqual(["0.0015", "1.0055", "1e12"].map(milliseconds), [2, 1006, 2 ** 31 - 1]);
    });

    it("numbers that are not above 0 are rejected by name", () => {
      for (const [name, wanted] of Object.entries({
        attemptTimeoutSeconds: "a number of seconds above 0, such as 30",
        totalTimeoutSeconds: "a number of seconds above 0, such as 30",
        concurrency: "a number above 0, such as 16",
      })) {
        for (const value of ["0", "-1", "many", "30s", "Infinity", "NaN", " "]) {
          const message = `keycard-secrets:${name} must be ${wanted}.`;
          const config = { [`keycard-secrets:${name}`]: value };
          assert.equal(
            messageOf(() => settings(config)),
            message,
          );
          assert.deepEqual(
            problemsOfSettings((key) => config[key], {}),
            [message],
          );
        }
      }
    });
  });

  describe("judged without credentials", () => {
    it("finds all mistakes at once, and no missing credentials", () => {
      assert.deepEqual(problemsOfSettings(undefined, {}), []);
      assert.deepEqual(
        problemsOfSettings(undefined, { KEYCARD_CLIENT_ID: "id", KEYCARD_CLIENT_SECRET: "" }),
        [],
      );
      const config: Record<string, unknown> = {
        "keycard-secrets:endpoint": "http://keycard.example",
        "keycard-secrets:readValues": "nope",
        "keycard:concurrency": 0,
      };
      assert.deepEqual(
        problemsOfSettings((key) => config[key], { KEYCARD_TOTAL_TIMEOUT_SECONDS: "1m" }),
        [
          "keycard-secrets:endpoint uses http, which would send credentials unencrypted. Use https.",
          "KEYCARD_TOTAL_TIMEOUT_SECONDS must be a number of seconds above 0, such as 30.",
          "keycard:concurrency must be a number above 0, such as 16.",
          "keycard-secrets:readValues must be true or false.",
        ],
      );
    });

    it("accepts values that a stack's file has without quotes", () => {
      const config: Record<string, unknown> = {
        "keycard-secrets:readValues": false,
        "keycard-secrets:concurrency": 3,
      };
      const { concurrency, valuesForbiddenBy } = resolveSettings((key) => config[key], {
        KEYCARD_ACCESS_TOKEN: "t",
      });
      assert.deepEqual([concurrency, valuesForbiddenBy], [3, "keycard-secrets:readValues"]);
    });
  });

  it("no error shows a value", () => {
    const planted = { "keycard:accessToken": "planted-token", "keycard:clientSecret": "planted-secret" };
    const messages = [
      messageOf(() => resolve(planted)),
      messageOf(() => resolve({ "keycard:clientSecret": "planted-secret" })),
      messageOf(() => settings({ "keycard:endpoint": "http://planted" })),
      messageOf(() => settings({ "keycard:concurrency": "planted" })),
    ];
    for (const message of messages) assert.ok(!message.includes("planted"), message);
  });
});
