import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SecretArgs, type TokenArgs, fromEnv, generated, initialValue } from "pulumi-keycard";
import { readDocument } from "../support/documents";
import { type ResourceKind, NAME_OF, RESOURCES } from "../support/resource-kinds";
import { PLANTED, openScene, token } from "./support/scene";

const FORMS = ["Inline value", "Reference", "`generated`", "`initialValue`"] as const;
type Form = (typeof FORMS)[number];

/** The names of the resources. */
const NAMES: Record<Form, string> = {
  "Inline value": "inline",
  Reference: "referenced",
  "`generated`": "made",
  "`initialValue`": "given",
};

const VALUES: Record<Form, TokenArgs["token"]> = {
  "Inline value": `${PLANTED}inline`,
  Reference: fromEnv("REFERENCED"),
  "`generated`": generated({ length: 32 }),
  "`initialValue`": initialValue(`${PLANTED}given`),
};

/** The cells, by form, of the row with this name in the table in "Keep values out of the state". */
function row(name: string): Record<Form, string> {
  const rows = readDocument("docs/guides/keep-values-out-of-the-state.md")
    .text.split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length > FORMS.length);
  const head = rows.find((cells) => cells.includes(FORMS[0]));
  const cells = rows.find((cells) => cells[1] === name);
  assert.ok(head && cells, `the table has no row ${name}`);
  return Object.fromEntries(FORMS.map((form) => [form, cells[head.indexOf(form)]])) as Record<Form, string>;
}

const hasValue = (cell: string) => /\b(The|the) value\b/.test(cell) && !/not the value/i.test(cell);

describe("the comparison of what each form of a value stores", () => {
  for (const resource of RESOURCES) {
    it(`the comparison in the guide is true of the state, a saved plan and drift through ${NAME_OF[resource]}`, () =>
      compare(resource));
  }
});

async function compare(resource: ResourceKind): Promise<void> {
  const scene = await openScene({ resource, env: { REFERENCED: `${PLANTED}referenced` } });
  const { keycard, stack } = scene;
  try {
    const secrets = FORMS.map((form): [string, SecretArgs] => [
      NAMES[form],
      { entityId: "ent_1", data: { type: "token", token: VALUES[form] } },
    ]);
    scene.declare(Object.fromEntries(secrets));
    await stack.preview({ plan: join(stack.project, "plan.json") });
    const { steps } = await stack.up({ plan: join(stack.project, "plan.json") });
    assert.deepEqual(
      steps.map(({ op }) => op),
      ["create", "create", "create", "create"],
    );

    const { resources } = await stack.exportState();
    const plans = JSON.parse(
      await stack.decrypted(await readFile(join(stack.project, "plan.json"), "utf8")),
    ) as {
      resourcePlans: Record<string, unknown>;
    };
    const everywhere = `${stack.allText()}${await stack.decryptedText()}`;
    for (const form of FORMS) {
      const of = (urn: string) => urn.endsWith(`::${NAMES[form]}`);
      const { data } = keycard.secrets().find(({ name }) => name === NAMES[form]) ?? {};
      assert.ok(data?.type === "token");
      const { inputs, outputs } = resources.find(({ urn }) => of(urn)) ?? {};
      const [, plan] = Object.entries(plans.resourcePlans).find(([urn]) => of(urn)) ?? [];
      assert.ok(inputs && outputs && plan);
      const found = {
        "Inputs in the state": inputs,
        "Outputs in the state": outputs,
        "`pulumi stack export --show-secrets`": { inputs, outputs },
        "Saved plan": plan,
      };
      for (const [name, where] of Object.entries(found)) {
        const cell = row(name)[form];
        assert.equal(JSON.stringify(where).includes(data.token), hasValue(cell), `${name}, ${form}: ${cell}`);
      }
      assert.equal(everywhere.includes(data.token), form === "Inline value", form);
    }

    for (const { id } of keycard.secrets()) keycard.edit(id, { data: token("drifted") });
    const refresh = await stack.refresh();
    for (const form of FORMS) {
      const drifted = refresh.steps.find(({ name }) => name === NAMES[form])?.changed ?? [];
      const cell = row("Drift in Keycard")[form];
      assert.deepEqual(drifted, cell.startsWith("Shows on refresh") ? ["data"] : [], `${form}: ${cell}`);
    }
    const before = keycard.secrets();
    await stack.up();
    const corrected = keycard.secrets().filter(({ version }, index) => version !== before[index]?.version);
    assert.deepEqual(
      corrected.map(({ name }) => name).sort(),
      FORMS.filter((form) => row("Drift in Keycard")[form].includes("by the next `pulumi up`"))
        .map((form) => NAMES[form])
        .sort(),
    );
    const [kept] = keycard.secrets().filter(({ name }) => name === NAMES["`initialValue`"]);
    assert.deepEqual(kept?.data, token("drifted"));
  } finally {
    await scene.close();
  }
}
