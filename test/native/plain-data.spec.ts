import assert from "node:assert/strict";
import { CheckRequest, CreateRequest, DiffRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginConfig } from "../../provider/engine/plugin/config";
import { encode } from "../../provider/engine/plugin/properties";
import { ResourceCalls } from "../../provider/engine/plugin/resource-calls";
import { SecretProvider } from "../../provider/secret/provider";

const URN = "urn:pulumi:test::test::keycard-secrets:index:Secret::a";
const ARGS = { zoneId: "zone_1", entityId: "ent_1", name: "a", data: { type: "token", token: "planted" } };
const STATE = { ...ARGS, type: "token", version: 1, createdAt: "2026-01-01", updatedAt: "2026-01-01" };

/** As a policy pack's remediation returns a copy of the properties. */
const plain = (props: object) => Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]);

describe("`data` that has lost its mark since check", () => {
  let warnings: [string, string][];
  let calls: ResourceCalls;
  beforeEach(() => {
    warnings = [];
    const warn = (line: string, urn: string) => void warnings.push([line, urn]);
    const core = new SecretProvider(assert.fail, undefined, warn, assert.fail);
    calls = new ResourceCalls(core, () => new PluginConfig());
  });

  const check = (news: Struct) => calls.check(new CheckRequest().setUrn(URN).setNews(news));
  const create = (news: Struct) =>
    calls.create(new CreateRequest().setUrn(URN).setProperties(news).setPreview(true));
  const diff = (news: Struct) =>
    calls.diff(new DiffRequest().setUrn(URN).setId("sec_1").setOlds(encode(STATE)).setNews(news));

  it("causes one warning in a preview, of a new secret and of one that exists", async () => {
    await check(encode(ARGS));
    await create(plain(ARGS));
    await create(plain(ARGS));
    assert.deepEqual(warnings, [
      [
        "`data` of a is no longer marked as a secret, so Pulumi stores it in plain text. Let the remediation of the policy pack " +
          "change `args.props` in place, or mark `data` in what it returns.",
        URN,
      ],
    ]);
    warnings = [];
    const again = new ResourceCalls(
      new SecretProvider(assert.fail, undefined, (line, urn) => void warnings.push([line, urn])),
      () => new PluginConfig(),
    );
    await again.check(new CheckRequest().setUrn(URN).setOlds(encode(ARGS)).setNews(encode(ARGS)));
    const request = new DiffRequest().setUrn(URN).setId("sec_1").setOlds(encode(STATE)).setNews(plain(ARGS));
    await again.diff(request);
    assert.equal(warnings.length, 1);
  });

  it("is not plain data in the program, which check marks, nor data with a mark", async () => {
    await check(plain(ARGS));
    await create(encode(ARGS));
    await diff(encode(ARGS));
    const part = { type: "token", token: encode({ data: "planted" }).toJavaScript()["data"] };
    await create(plain({ ...ARGS, data: part }));
    assert.deepEqual(warnings, []);
  });

  it("is nothing that a refresh asks about", async () => {
    await diff(plain(ARGS));
    assert.deepEqual(warnings, []);
  });
});
