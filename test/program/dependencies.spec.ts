import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import sinon from "sinon";
import { Secret, type SecretArgs } from "../../provider";
import { Provider, Secret as NativeSecret } from "../../provider/native";

/** What the engine receives of a registration. */
interface Registration {
  getName(): string;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(take: (urns: { getUrnsList(): string[] }, property: string) => void): void;
  };
}

const args = {
  zoneId: "zone_1",
  entityId: "ent_1",
  data: { type: "token", token: "planted-value-7f3a" },
} satisfies SecretArgs;

for (const [resource, Resource] of Object.entries({ "dynamic resource": Secret, plugin: NativeSecret })) {
  describe(`a secret of the ${resource}`, () => {
    let register: sinon.SinonSpy<[Registration, ...unknown[]]>;

    before(() =>
      pulumi.runtime.setMocks({
        newResource: ({ name, inputs }) => ({ id: `sec_${name}`, state: inputs as object }),
        call: () => ({}),
      }),
    );
    beforeEach(() => {
      register = sinon.spy(MockMonitor.prototype, "registerResource") as unknown as typeof register;
    });
    afterEach(() => sinon.restore());

    const make = (name: string, opts?: pulumi.CustomResourceOptions, more: Partial<SecretArgs> = {}) =>
      new Resource(name, { ...args, ...more }, opts);
    const component = (name: string, opts?: pulumi.ComponentResourceOptions) =>
      new pulumi.ComponentResource("acme:index:Team", name, {}, opts);
    const settled = (...all: pulumi.Resource[]) =>
      new Promise((resolve) => pulumi.all(all.map(({ urn }) => urn)).apply(resolve));
    /** The names of the resources that a resource depends on, as a whole and through its arguments. */
    const dependenciesOf = (name: string) => {
      const { args: found } = register.getCalls().find(({ args: [one] }) => one.getName() === name) ?? {};
      assert.ok(found, name);
      const namesIn = (urns: string[]) => urns.map((urn) => urn.split("::").at(-1)).sort();
      const used: Record<string, unknown> = {};
      found[0].getPropertydependenciesMap().forEach((urns, property) => {
        if (urns.getUrnsList().length > 0) used[property] = namesIn(urns.getUrnsList());
      });
      return [namesIn(found[0].getDependenciesList()), used];
    };
    const assertFree = (...names: string[]) => {
      for (const name of names) assert.deepEqual(dependenciesOf(name), [[], {}], name);
    };

    it("depends on no sibling in a component", async () => {
      const parent = component("team");
      await settled(make("one", { parent }), make("two", { parent }));
      assertFree("one", "two");
    });

    it("depends on no component above it, on each level", async () => {
      const outer = component("outer");
      const inner = component("inner", { parent: outer });
      await settled(
        make("top", { parent: outer }),
        make("one", { parent: inner }),
        make("two", { parent: inner }),
      );
      assertFree("top", "one", "two");
    });

    it("depends on no secret above it", async () => {
      const one = make("one");
      const two = make("two", { parent: one });
      await settled(two, make("three", { parent: two }), make("four", { parent: one }));
      assertFree("two", "three", "four");
    });

    it("depends on nothing because of its options", async () => {
      const parent = component("team", { aliases: [{ name: "crew" }] });
      const opts: pulumi.CustomResourceOptions = {
        parent,
        aliases: [{ name: "before", parent: pulumi.rootStackResource }],
        additionalSecretOutputs: ["description"],
        deleteBeforeReplace: true,
        ignoreChanges: ["data"],
        retainOnDelete: true,
        transformations: [
          ({ props, opts: given }) => ({ props: { ...props, description: "set" }, opts: given }),
        ],
      };
      await settled(make("one", opts), make("two", opts));
      assertFree("one", "two");
    });

    it("depends on what the user wrote, and on nothing else", async () => {
      const first = component("first");
      const other = make("other", { parent: first });
      const second = component("second");
      const data = { type: "token", token: pulumi.interpolate`planted-${other.version}` } as const;
      const of = { metadata: { of: other.id }, description: other.id, data };
      await settled(make("one", { parent: second, dependsOn: first }), make("two", { parent: second }, of));
      assert.deepEqual(dependenciesOf("one"), [["other"], {}]);
      const uses = ["data", "description", "metadata"].map((name) => [name, ["other"]]);
      assert.deepEqual(dependenciesOf("two"), [["other"], Object.fromEntries(uses)]);
    });
  });
}

describe("a secret of the plugin in a component", () => {
  before(() =>
    pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "id", state: inputs as object }),
      call: () => ({}),
    }),
  );
  afterEach(() => sinon.restore());

  it("depends on no provider that the component passes on", async () => {
    const register = sinon.spy(MockMonitor.prototype, "registerResource");
    const provider = new Provider("mine", { zoneId: "zone_1", concurrency: 4 });
    const parent = new pulumi.ComponentResource("acme:index:Team", "team", {}, { providers: [provider] });
    const made = ["one", "two"].map((name) => new NativeSecret(name, args, { parent }));
    await new Promise((resolve) => pulumi.all(made.map(({ urn }) => urn)).apply(resolve));
    const calls = register.getCalls().map(({ args: [request] }) => request as unknown as Registration);
    const found = calls.map((request) => [request.getName(), request.getDependenciesList().length]);
    assert.deepEqual(Object.fromEntries(found), { mine: 0, team: 0, one: 0, two: 0 });
  });
});
