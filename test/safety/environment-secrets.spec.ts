import assert from "node:assert/strict";
import { argumentSecrets, environmentSecrets, secretsWithin } from "../../provider/safety/redact";

describe("the secrets of an environment", () => {
  it("variables with a secret's name are secrets", () => {
    const env = { VAULT_TOKEN: "planted-token", HOME: "/home/planted", MY_KEY: "short", EMPTY_SECRET: "" };
    assert.deepEqual(environmentSecrets(env), ["planted-token"]);
  });

  it("passwords in addresses are secrets, whatever the name of the variable", () => {
    const found = environmentSecrets({ DATABASE_URL: "postgres://app:pl%40nted@db.example/app" });
    assert.deepEqual(found, ["pl%40nted", "pl@nted", "app:pl%40nted", "app:pl@nted"]);
    assert.deepEqual(secretsWithin("redis://:planted@cache https://db.example/a:b@c"), [
      "planted",
      ":planted",
    ]);
  });

  it("values in queries, connection strings, headers and JSON are secrets", () => {
    for (const text of [
      "https://example.com/?user=a&access_token=planted-value&x=y",
      "Server=db;User Id=app;Password=planted-value;Timeout=3",
      '{"type": "account", "private_key": "planted-value", "id": 1}',
      "Authorization: Bearer planted-value",
      "X-Vault-Token:planted-value",
    ]) {
      assert.deepEqual(secretsWithin(text), ["planted-value"], text);
    }
  });

  it("the search is linear in the size of a variable", () => {
    const long = "a".repeat(1_000_000);
    assert.deepEqual(environmentSecrets({ LONG: `${long}://${long}`, LINES: "://a:".repeat(2000) }), []);
  });

  it("the arguments of a command are secrets, but not the names of options", () => {
    const found = argumentSecrets([
      "-H",
      "X-Vault-Token: planted-value",
      "--password=planted-other",
      "--verbose",
    ]);
    assert.deepEqual(
      new Set(found),
      new Set(["X-Vault-Token: planted-value", "planted-value", "planted-other"]),
    );
  });
});
