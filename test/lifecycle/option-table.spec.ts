import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { Provider } from "pulumi-keycard/native";
import { readDocument } from "../support/documents";
import { type ResourceKind, NAME_OF, RESOURCES } from "../support/resource-kinds";
import type { RunResult } from "./support/run-result";
import { type Scene, SECRET_OF, openScene, token } from "./support/scene";

type Options = pulumi.CustomResourceOptions;

/** The cells of the table in docs/reference/options.md, by the option. */
const TABLE = new Map(
  [
    ...readDocument("docs/reference/options.md").text.matchAll(
      /^\| `([^|]+?)`([^|]*) \| ([^|]+) \| ([^|]+) \|$/gm,
    ),
  ].map(([, option = "", what = "", dynamic = "", native = ""]) => [option + what, { dynamic, native }]),
);

/** Rows whose cells the tests of both kinds of resources have compared with what they saw. */
const shown = new Map<string, Set<ResourceKind>>();

for (const resource of RESOURCES)
  describe(`through ${NAME_OF[resource]}, the option`, () => {
    let scene: Scene;
    let preview: RunResult;
    let detailed: RunResult;
    let writes: Record<string, string>;
    let order: string;
    let transformed: unknown;
    const hooks: Record<string, pulumi.ResourceHookArgs> = {};

    /** Asserts what the page says about an option and this resource. */
    function says(row: string, text: string): void {
      assert.equal(TABLE.get(row)?.[resource], text);
      shown.set(row, (shown.get(row) ?? new Set()).add(resource));
    }

    const create = (name: string, args: Partial<SecretArgs> = {}, options: Options = {}) =>
      new SECRET_OF[resource](name, { entityId: "ent_1", data: token("one"), ...args }, options);
    const watch = (kind: string) => new pulumi.ResourceHook(kind, (args) => void (hooks[kind] = args));
    const ops = (name: string) => preview.steps.filter((step) => step.name === name).map(({ op }) => op);
    const line = (name: string) =>
      preview.stdout.split("\n").find((each) => each.includes(` ${name} `)) ?? "";
    const REPLACED = ["create-replacement", "delete-replaced", "replace"];

    /** Runs a command, and returns the methods of its writes by the name of the secret, and those of some in their order. */
    async function written(run: () => Promise<unknown>, ...ordered: string[]) {
      scene.keycard.clearLog();
      const names = new Map(scene.keycard.secrets().map(({ id, name }) => [id, name]));
      await run();
      for (const { id, name } of scene.keycard.secrets()) names.set(id, name);
      const calls = scene.keycard
        .calls()
        .filter(({ method }) => method !== "GET")
        .map(({ method, path, body }) => {
          const id = path.split("/").at(-1) ?? "";
          return { method, name: names.get(id) ?? (body as { name?: string }).name ?? "" };
        });
      const of = (wanted: string[]) =>
        calls
          .filter(({ name }) => wanted.includes(name))
          .map(({ method }) => method)
          .join(", ");
      return { by: Object.fromEntries(calls.map(({ name }) => [name, of([name])])), order: of(ordered) };
    }

    /** Declares everything, before or after all the changes: a run takes seconds, whatever it declares. */
    function declare(isChanged: boolean, without: string[] = [], more: () => void = () => undefined): void {
      const text = isChanged ? "two" : "one";
      const data = token(text);
      scene.stack.program = () => {
        const add = (...[name, ...rest]: Parameters<typeof create>) =>
          without.includes(name) ? undefined : create(name, ...rest);
        add("hidden", { data }, { hideDiffs: ["data"] });
        const handBack: pulumi.ResourceTransform = ({ props, opts }) => {
          transformed = (props as { data?: unknown }).data;
          return { props, opts };
        };
        add("handed-back", { data }, { hideDiffs: ["data"], transforms: [handBack] });
        const lead = add("lead", { entityId: isChanged ? "ent_2" : "ent_1" });
        if (lead) {
          add("follow", {}, { replaceWith: [lead] });
          add("unknown", {}, { replacementTrigger: lead.id });
        }
        add("changed", {}, { replacementTrigger: text });
        add("added", {}, isChanged ? { replacementTrigger: "one" } : {});
        add("removed", {}, isChanged ? {} : { replacementTrigger: "one" });
        add("secret", {}, { replacementTrigger: pulumi.secret(`planted-${text}`) });
        add("ignored", { data }, { ignoreChanges: ["data"] });
        add("ignored-leaf", { metadata: { owner: text, team: "a" } }, { ignoreChanges: ["metadata.owner"] });
        if (isChanged) add("new", { name: "old" }, { aliases: [{ name: "old" }] });
        else add("old");
        add("retained", {}, { retainOnDelete: true });
        const base = add("base");
        if (base) add("on-base", {}, { deletedWith: base });
        add("guarded", {}, { protect: true });
        const all = { beforeCreate: [watch("beforeCreate")], afterCreate: [watch("afterCreate")] };
        add("hooked", {}, { hooks: { ...all, beforeDelete: [watch("beforeDelete")] } });
        more();
        return Promise.resolve();
      };
    }

    const REMOVED = ["retained", "base", "on-base"];

    before(async () => {
      scene = await openScene({ resource });
      declare(false);
      await scene.stack.up();
      declare(true);
      preview = await scene.stack.preview();
      detailed = await scene.stack.preview({ diff: true });
      ({ by: writes, order } = await written(() => scene.stack.up(), "lead", "follow"));
    });
    after(() => scene.close());

    it("`hideDiffs` hides an update, which one line tells, and which JSON lists", () => {
      assert.deepEqual([ops("hidden"), writes["hidden"]], [["update"], "PATCH"]);
      assert.doesNotMatch(line("hidden"), /diff:/);
      const [, properties = ""] = /::hidden\]\n(.*?)\n {4}\S/s.exec(detailed.stdout) ?? [];
      assert.doesNotMatch(properties, /~/);
      assert.match(properties, /^ +data +: \[secret\]$/m);
      const told = preview.diagnostics.filter((text) => text.includes("hideDiffs"));
      assert.equal(told.length, 1, told.join(""));
      assert.match(told[0] ?? "", /The change of `data` of hidden is not shown/);
      assert.deepEqual(preview.steps.find(({ name }) => name === "hidden")?.detail, {
        "data.token": "update",
      });
      says("hideDiffs", "An update without a difference, in `--diff` too. One line warns; JSON lists `data`");
    });

    it("`transforms` see `data` as a secret output, and lose `hideDiffs`", async () => {
      assert.ok(pulumi.Output.isInstance(transformed) && (await pulumi.isSecret(transformed)));
      assert.match(line("handed-back"), /\[diff: ~data\]/);
      assert.equal(writes["handed-back"], "PATCH");
      says("transforms", "See `data` as a secret output. Options that they hand back lose `hideDiffs`");
    });

    it("`replaceWith` replaces with the other, both created before any is deleted", () => {
      assert.deepEqual(ops("follow").sort(), REPLACED);
      assert.equal(order, "POST, POST, DELETE, DELETE");
      says("replaceWith", "Replaced together: POST, POST, DELETE, DELETE");
    });

    it("`replacementTrigger` replaces when it changes, and not when it comes or goes", async () => {
      for (const name of ["changed", "secret", "unknown"]) {
        assert.deepEqual(ops(name).sort(), REPLACED, name);
        assert.equal(writes[name], "POST, DELETE");
      }
      for (const name of ["added", "removed"])
        assert.deepEqual([ops(name), writes[name]], [["same"], undefined]);
      assert.ok(!(await scene.stack.stateText()).includes("planted-"));
      says("replacementTrigger, changed", "Replaced: POST, DELETE");
      says("replacementTrigger, added or removed", "Nothing: the value is stored or forgotten");
      says("replacementTrigger, secret", "Replaced. The state has it encrypted");
      says("replacementTrigger, unknown", "The preview shows a replacement");
    });

    it("`ignoreChanges` ignores an argument, and one key of metadata", () => {
      for (const name of ["ignored", "ignored-leaf"])
        assert.deepEqual([ops(name), writes[name]], [["same"], undefined]);
      says("ignoreChanges", "Ignored: `data`, and a key such as `metadata.owner`");
    });

    it("`aliases` keep the secret, without a request", () => {
      assert.deepEqual([ops("new"), ops("old"), writes["old"]], [["same"], [], undefined]);
      says("aliases", "The secret is kept, and nothing is sent");
    });

    it("hooks get `data` as an output", () => {
      for (const kind of ["beforeCreate", "afterCreate"]) {
        const { newInputs = {}, newOutputs } = hooks[kind] ?? {};
        assert.ok(pulumi.Output.isInstance(newInputs["data"]), kind);
        assert.equal(pulumi.Output.isInstance(newOutputs?.["data"]), kind === "afterCreate");
      }
      says("hooks, what they get", "`data` is an output, in inputs and outputs. All else is plain");
    });

    it("`retainOnDelete` and `deletedWith` send no DELETE", async () => {
      declare(true, REMOVED);
      const { by } = await written(() => scene.stack.up());
      assert.deepEqual(by, { base: "DELETE" });
      says("retainOnDelete", "Pulumi forgets the secret, and nothing is sent");
      says(
        "deletedWith",
        "Pulumi forgets the secret, and nothing is sent. Keycard keeps it: set it only if Keycard deletes it itself",
      );
    });

    it("`protect` makes a delete fail", async () => {
      declare(true, [...REMOVED, "guarded"]);
      assert.match((await scene.stack.upFails()).error, /cannot be deleted\s+because it is protected/);
      says("protect", "The delete fails, and nothing is sent");
    });

    it("an `afterCreate` hook that throws fails the run, and the next says nothing", async () => {
      declare(true, REMOVED, () => {
        const throws = new pulumi.ResourceHook("throws", () => Promise.reject(new Error("from the hook")));
        create("thrown", {}, { hooks: { afterCreate: [throws] } });
      });
      const { by } = await written(async () => {
        assert.match((await scene.stack.upFails()).error, /after hook "throws" failed: from the hook/);
      });
      assert.equal(by["thrown"], "POST");
      const { changes, diagnostics } = await scene.stack.up();
      assert.deepEqual([Object.keys(changes), diagnostics], [["same"], []]);
      says(
        "hooks, afterCreate throws",
        "`up` fails with the secret created and stored. The next `up` says nothing of it",
      );
    });

    it("`onError` lets a rejected create be tried again", async () => {
      let tries = 0;
      scene.keycard.faults.add({ method: "POST", kind: { status: 400 } });
      declare(true, [...REMOVED, "thrown"], () => {
        const again = new pulumi.ErrorHook("again", () => ++tries < 3);
        create("retried", {}, { hooks: { onError: [again] } });
      });
      const { by } = await written(() => scene.stack.up());
      assert.deepEqual([by["retried"], tries], ["POST, POST", 1]);
      says(
        "onError",
        "A rejected create is sent again. After one without an answer the run fails, and the next `up` records the secret",
      );
    });

    it("a `beforeDelete` hook needs `--run-program`", async () => {
      const target = [scene.urnOf("hooked")];
      const { error } = await scene.stack.destroyFails({ target });
      assert.match(error, /You must run with the `--run-program` flag to use delete hooks/);
      const { by } = await written(() => scene.stack.destroy({ target, runProgram: true }));
      assert.deepEqual([by, hooks["beforeDelete"]?.name], [{ hooked: "DELETE" }, "hooked"]);
      says("hooks, beforeDelete", "`destroy` fails without `--run-program`");
    });

    it("`envVarMappings` gives an explicit provider a variable under another name", async () => {
      if (resource === "dynamic") return says("envVarMappings", "There is no explicit provider to set it on");
      const { clientSecret } = scene.keycard;
      scene.stack.setEnv({
        KEYCARD_CLIENT_SECRET: "",
        FIRST_SECRET: clientSecret,
        SECOND_SECRET: clientSecret,
      });
      const declareMapped = (source: string) => {
        scene.stack.program = () => {
          const options = { envVarMappings: { [source]: "KEYCARD_CLIENT_SECRET" } };
          const provider = new Provider("mapped", { zoneId: "zone_1" }, options);
          create("through", {}, { provider });
          return Promise.resolve();
        };
      };
      declareMapped("FIRST_SECRET");
      const target = [scene.urnOf("through")];
      const { by } = await written(() => scene.stack.up({ target }));
      assert.equal(by["through"], "POST");
      declareMapped("SECOND_SECRET");
      const changed = await scene.stack.preview({ target });
      assert.deepEqual(Object.keys(changed.changes), ["same"]);
      says(
        "envVarMappings",
        'From source to target: `{ CI_SECRET: "KEYCARD_CLIENT_SECRET" }`. A change of it alone is shown as none',
      );
    });
  });

describe("the table of options", () => {
  it("has no cell that no run has shown", function () {
    // A single test compares only its own cells.
    if ([...shown.values()].some((kinds) => kinds.size < RESOURCES.length)) return this.skip();
    assert.deepEqual([...TABLE.keys()].sort(), [...shown.keys()].sort());
  });
});
