import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import assert from "node:assert/strict";
import sinon from "sinon";
import { Secret, type SecretArgs } from "../../provider";
import { HIDDEN_INPUT, takeHiddenInput } from "../../provider/pulumi-values";

const TYPE = "pulumi-nodejs:dynamic/keycard:Secret";

/** Never change this text: it is in the state of every existing secret, and older states are read with it. */
const LOADER =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/npm install')('pulumi-keycard/provider').provider";

const SECRET_MARK = { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig };
const data = { type: "token", token: "planted-value-7f3a" } as const;
const args: SecretArgs = { zoneId: "zone_1", entityId: "ent_1", data };

/** What the engine receives of a registration or a lookup. */
interface Request {
  getType(): string;
  getName(): string;
  getAdditionalsecretoutputsList(): string[];
}
interface Registration extends Request {
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getProtect(): boolean;
}
interface Lookup extends Request {
  getId(): string;
  getProperties(): { toJavaScript(): Record<string, unknown> };
}

describe("Secret", () => {
  let register: sinon.SinonSpy<[Registration, ...unknown[]]>;
  let look: sinon.SinonSpy<[Lookup, ...unknown[]]>;
  let savedZone: string | undefined;
  const state = { ...args, name: "kept", type: "token", version: 3, createdAt: "then", updatedAt: "now" };

  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ inputs, id }) => ({
        id: id === undefined || id === "" ? "sec_1" : id,
        state: { ...state, ...(inputs as object) },
      }),
      call: () => ({}),
    });
  });

  beforeEach(() => {
    register = sinon.spy(MockMonitor.prototype, "registerResource") as unknown as typeof register;
    look = sinon.spy(MockMonitor.prototype, "readResource") as unknown as typeof look;
    savedZone = process.env["KEYCARD_ZONE_ID"];
    delete process.env["KEYCARD_ZONE_ID"];
    pulumi.runtime.setAllConfig({});
  });
  afterEach(() => {
    sinon.restore();
    if (savedZone === undefined) delete process.env["KEYCARD_ZONE_ID"];
    else process.env["KEYCARD_ZONE_ID"] = savedZone;
  });

  const settled = <T>(output: pulumi.Output<T>) =>
    new Promise<T>((resolve) => void output.apply((value) => resolve(value)));

  async function registered(secretArgs: object, opts?: pulumi.CustomResourceOptions) {
    await settled(new Secret("github", secretArgs as SecretArgs, opts).urn);
    assert.equal(register.callCount, 1);
    const request = register.firstCall.args[0];
    const { __registration, ...inputs } = request.getObject().toJavaScript();
    return { request, inputs, registration: __registration };
  }

  it("registers its type with the literal loader text", async () => {
    const { request, inputs } = await registered(args);
    assert.deepEqual([request.getType(), request.getName()], [TYPE, "github"]);
    assert.deepEqual(inputs, {
      zoneId: "zone_1",
      entityId: "ent_1",
      name: "github",
      data: { ...SECRET_MARK, value: data },
      __provider: LOADER,
    });
  });

  it("passes its URN and whether this is a preview to check", async () => {
    const { request, registration } = await registered(args);
    const urn = `urn:pulumi:stack::project::${request.getType()}::github`;
    assert.equal(registration, `run,fixedZone ${urn}`);
    assert.equal(urn, await settled(pulumi.createUrn("github", TYPE)));
    assert.deepEqual(takeHiddenInput({ [HIDDEN_INPUT]: registration }).told, {
      urn,
      preview: false,
      deletesFirst: false,
      ignoresData: false,
      isTransformed: false,
      hasFixedZone: true,
    });
  });

  it("tells whether transformations may have handled its arguments", async () => {
    const { registration } = await registered(args, { transformations: [() => undefined] });
    assert.match(String(registration), /^run,fixedZone,transformed urn/);
  });

  it("tells of a zone that is a text, and not of one that another resource may create", async () => {
    const zoneId = pulumi.output("zone_1");
    const { registration } = await registered({ ...args, zoneId });
    assert.match(String(registration), /^run urn/);
  });

  it("passes the URN of a child to check as the engine builds it", async () => {
    const parent = new pulumi.ComponentResource("acme:index:Team", "team");
    await settled(parent.urn);
    register.resetHistory();
    const { registration } = await registered(args, { parent });
    assert.equal(registration, `run,fixedZone ${await settled(pulumi.createUrn("github", TYPE, parent))}`);
  });

  it("is known by its type, as policies ask, and the resource of the plugin is not one", () => {
    for (const type of [TYPE, "keycard-secrets:index:Secret", "pulumi-nodejs:dynamic:Resource", undefined]) {
      assert.equal(Secret.isInstance({ __pulumiType: type }), type === TYPE);
    }
    for (const other of [undefined, null, {}, "text"]) assert.ok(!Secret.isInstance(other));
    assert.ok(Secret.isInstance(new Secret("known", args)));
  });

  it("keeps the loader text below 128 bytes", () => {
    assert.ok(Buffer.byteLength(LOADER) < 128, `${Buffer.byteLength(LOADER)} bytes`);
  });

  it("registers the same loader text for all arguments", async () => {
    const { inputs } = await registered({ ...args, __provider: "another text" });
    assert.equal(inputs["__provider"], LOADER);
  });

  it("passes every argument on unchanged", async () => {
    const all = {
      zoneId: pulumi.output("zone_2"),
      entityId: Promise.resolve("ent_2"),
      name: "GitHub token",
      description: pulumi.output("For releases"),
      metadata: { team: pulumi.output("release"), tags: [pulumi.output("a"), "b"] },
      data: { type: "password", username: "app", password: pulumi.secret("planted-value-7f3a") },
      adoptId: "sec_9",
    };
    const { inputs } = await registered(all);
    assert.deepEqual(inputs, {
      zoneId: "zone_2",
      entityId: "ent_2",
      name: "GitHub token",
      description: "For releases",
      metadata: { team: "release", tags: ["a", "b"] },
      data: {
        ...SECRET_MARK,
        value: { type: "password", username: "app", password: "planted-value-7f3a" },
      },
      adoptId: "sec_9",
      __provider: LOADER,
    });
  });

  it("passes unknown arguments on, so that check names them", async () => {
    const { inputs } = await registered({ ...args, descripton: "mistyped", version: 7 });
    assert.deepEqual([inputs["descripton"], inputs["version"]], ["mistyped", 7]);
  });

  it("does not pass on undefined arguments", async () => {
    const { inputs } = await registered({ ...args, name: undefined, description: undefined });
    assert.deepEqual(Object.keys(inputs).sort(), ["__provider", "data", "entityId", "name", "zoneId"]);
    assert.equal(inputs["name"], "github");
  });

  it("leaves missing arguments to check", async () => {
    const { inputs } = await registered({});
    assert.deepEqual(inputs, { name: "github", __provider: LOADER });
  });

  it("marks all of data as a secret, in every form", async () => {
    const forms = [
      data,
      pulumi.output(data),
      Promise.resolve(data),
      pulumi.secret(data),
      { ...data, token: pulumi.secret(data.token) },
    ];
    for (const form of forms) {
      register.resetHistory();
      const { inputs } = await registered({ ...args, data: form });
      assert.deepEqual(inputs["data"], { ...SECRET_MARK, value: data });
    }
  });

  it("marks data as a secret output, for all options", async () => {
    const passed = [undefined, [], ["metadata"], ["name", "description"]];
    for (const additionalSecretOutputs of passed) {
      register.resetHistory();
      const { request } = await registered(args, additionalSecretOutputs && { additionalSecretOutputs });
      assert.deepEqual(request.getAdditionalsecretoutputsList(), [
        ...(additionalSecretOutputs ?? []),
        "data",
      ]);
    }
  });

  it("passes the other options on unchanged", async () => {
    const opts = Object.freeze({
      protect: true,
      additionalSecretOutputs: Object.freeze([]) as unknown as string[],
    });
    const { request } = await registered(Object.freeze({ ...args }), opts);
    assert.equal(request.getProtect(), true);
  });

  it("has every output, with data as a secret", async () => {
    const secret = new Secret("github", { ...args, description: "For releases" });
    const { zoneId, entityId, name, description, metadata, type, version, createdAt, updatedAt, id } = secret;
    const outputs = {
      zoneId,
      entityId,
      name,
      description,
      metadata,
      type,
      version,
      createdAt,
      updatedAt,
      id,
    };
    assert.deepEqual(await settled(pulumi.output(outputs)), {
      zoneId: "zone_1",
      entityId: "ent_1",
      name: "github",
      description: "For releases",
      metadata: undefined,
      type: "token",
      version: 3,
      createdAt: "then",
      updatedAt: "now",
      id: "sec_1",
    });
    assert.deepEqual(await settled(secret.data), data);
    assert.equal(await pulumi.isSecret(secret.data), true);
    assert.equal(await pulumi.isSecret(secret.version), false);
  });

  it("takes its zone from the argument, the configuration, or the environment", async () => {
    const zoneOf = async (secretArgs: object) => {
      register.resetHistory();
      return (await registered({ entityId: "ent_1", data, ...secretArgs })).inputs["zoneId"];
    };
    assert.equal(await zoneOf({}), undefined);
    process.env["KEYCARD_ZONE_ID"] = "zone_env";
    assert.equal(await zoneOf({}), "zone_env");
    assert.equal(await zoneOf({ zoneId: undefined }), "zone_env");
    pulumi.runtime.setAllConfig({ "keycard:zoneId": "zone_config" });
    assert.equal(await zoneOf({}), "zone_config");
    assert.equal(await zoneOf({ zoneId: "zone_arg" }), "zone_arg");
    pulumi.runtime.setAllConfig({ "keycard:zoneId": "" });
    assert.equal(await zoneOf({}), "zone_env");
  });

  it("rejects the option import and names the alternative", () => {
    assert.throws(() => new Secret("github", args, { import: "sec_9" }), {
      message:
        "Secret github: a dynamic resource cannot be imported. To adopt the existing secret, " +
        "remove the option `import` and set the argument `adoptId` to its ID.",
    });
    assert.equal(register.callCount, 0);
  });

  describe("get", () => {
    async function looked(secret: Secret) {
      await settled(secret.urn);
      assert.deepEqual([register.callCount, look.callCount], [0, 1]);
      const request = look.firstCall.args[0];
      assert.deepEqual([request.getType(), request.getName()], [TYPE, "shared"]);
      return { request, properties: request.getProperties().toJavaScript() };
    }

    it("passes only the id and the zone", async () => {
      const { request, properties } = await looked(Secret.get("shared", "sec_9", { zoneId: "zone_1" }));
      assert.equal(request.getId(), "sec_9");
      assert.deepEqual(properties, { zoneId: "zone_1", __provider: LOADER });
    });

    it("uses the default zone", async () => {
      pulumi.runtime.setAllConfig({ "keycard:zoneId": "zone_config" });
      const { properties } = await looked(Secret.get("shared", pulumi.output("sec_9")));
      assert.deepEqual(properties, { zoneId: "zone_config", __provider: LOADER });
    });

    it("rejects arguments of a new secret, and options in their place", () => {
      for (const lookup of [{ ...args, description: "For releases" }, { protect: true }]) {
        assert.throws(
          () => Secret.get("shared", "sec_9", lookup as object),
          /^Error: Secret\.get shared: the third argument has `\w+`.*, but takes only `zoneId`\./,
        );
      }
      assert.equal(look.callCount, 0);
    });

    it("marks data as a secret output as well", async () => {
      const opts = { additionalSecretOutputs: ["name"] };
      const { request } = await looked(Secret.get("shared", "sec_9", { zoneId: "zone_1" }, opts));
      assert.deepEqual(request.getAdditionalsecretoutputsList(), ["name", "data"]);
    });

    it("returns the existing secret as outputs", async () => {
      const secret = Secret.get("shared", "sec_9", { zoneId: "zone_1" });
      assert.deepEqual(await settled(pulumi.output([secret.id, secret.version, secret.name])), [
        "sec_9",
        3,
        "kept",
      ]);
    });
  });
});
