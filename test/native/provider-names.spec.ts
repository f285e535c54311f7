import assert from "node:assert/strict";
import type { sendUnaryData } from "@grpc/grpc-js";
import type { ServiceError, UntypedServiceImplementation } from "@grpc/grpc-js";
import { CheckRequest, type CheckResponse, ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import { explicitName } from "../../provider/engine/plugin/config";
import { encode } from "../../provider/engine/plugin/properties";
import { EngineLog } from "../../provider/engine/plugin/report";
import { PluginServer } from "../../provider/engine/plugin/server";

const urnOf = (name: string) => `urn:pulumi:test::test::pulumi:providers:keycard-secrets::${name}`;
const ARGS = { zoneId: "zone_1", entityId: "ent_1", name: "a", data: { type: "token", token: "planted" } };

/** Calls a method of the plugin as gRPC does. */
function call<T>(plugin: UntypedServiceImplementation, method: string, request: object): Promise<T> {
  const handler = plugin[method] as (call: { request: object }, respond: sendUnaryData<T>) => void;
  return new Promise((resolve, reject) => {
    handler({ request }, (error: Partial<ServiceError> | null, response?: T | null) =>
      error ? reject(new Error(error.details)) : resolve(response as T),
    );
  });
}

describe("the plugin names its provider", () => {
  const problemsOf = async (name: string, settings: Record<string, string>, args: object = ARGS) => {
    const plugin = new PluginServer("0.0.0", new EngineLog()).implementation;
    const configure = new ConfigureRequest().setUrn(urnOf(name));
    const variables = configure.getVariablesMap();
    for (const [key, value] of Object.entries(settings))
      variables.set(`keycard-secrets:config:${key}`, value);
    await call(plugin, "configure", configure);
    const secret = new CheckRequest()
      .setUrn("urn:pulumi:test::test::keycard-secrets:index:Secret::a")
      .setNews(encode(args));
    const checked = await call<CheckResponse>(plugin, "check", secret);
    return checked.getFailuresList().map((failure) => failure.getReason());
  };

  const wrongKeys = async (name: string, settings: object) => {
    const plugin = new PluginServer("0.0.0", new EngineLog()).implementation;
    const request = new CheckRequest().setUrn(urnOf(name)).setNews(encode(settings));
    const checked = await call<CheckResponse>(plugin, "checkConfig", request);
    return checked.getFailuresList().map((failure) => failure.getReason());
  };

  it("the default provider is that of the stack's configuration, whatever its version", () => {
    for (const name of ["default", "default_0_3_0", "default_0_3_0_https_//example.com"]) {
      assert.equal(explicitName(urnOf(name)), undefined);
    }
    for (const name of ["mine", "default-eu", "default_eu"]) assert.equal(explicitName(urnOf(name)), name);
    assert.equal(explicitName(undefined), undefined);
  });

  it("a wrong setting is an argument of an explicit provider, and a key for the default one", async () => {
    assert.deepEqual(await problemsOf("mine", { readValues: "no" }), [
      "`readValues` of the provider `mine` must be true or false.",
    ]);
    assert.deepEqual(await problemsOf("default", { readValues: "no" }), [
      "keycard-secrets:readValues must be true or false.",
    ]);
  });

  it("a missing zone can be set on the explicit provider", async () => {
    const { entityId, name, data } = ARGS;
    const [problem = ""] = await problemsOf("mine", {}, { entityId, name, data });
    assert.match(problem, /Set the argument, set `zoneId` of the provider `mine`, or set KEYCARD_ZONE_ID/);
    const [usual = ""] = await problemsOf("default_0_3_0", {}, { entityId, name, data });
    assert.match(usual, /run `pulumi config set keycard-secrets:zoneId`/);
  });

  it("a wrong key is shown in full, with the command that removes it", async () => {
    const [key = ""] = await wrongKeys("default", { readvalues: "false" });
    assert.match(
      key,
      /^keycard-secrets:readvalues is not a setting\. Did you mean `keycard-secrets:readValues`\? /,
    );
    assert.match(key, /Remove it with `pulumi config rm keycard-secrets:readvalues`\.$/);
    const [argument = ""] = await wrongKeys("mine", { zoneID: "zone_1" });
    assert.match(argument, /^`zoneID` is not an argument of the provider `mine`\. Did you mean `zoneId`\? /);
    assert.doesNotMatch(argument, /pulumi config/);
  });
});
