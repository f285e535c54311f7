import assert from "node:assert/strict";
import { VALUES } from "../../provider/command-line/program-text";
import { type Keycard, startKeycard } from "../emulator";
import { closeAll } from "../support/close-all";
import { compileErrors } from "../support/compile";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type AdoptionFolder, ODD_SECRETS, openAdoptionFolder, valuesOf } from "./support/adopted-program";
import { recorded } from "./support/recorded-run";
import { PLANTED } from "./support/scene";

/** The test has compiled the program already, and compiling takes most of the time. */
const TRANSPILE_ONLY = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

describe("the program that npx pulumi-keycard adopt writes", () => {
  let keycard: Keycard;
  let project: AdoptionFolder;

  beforeEach(async () => {
    keycard = await startKeycard({ ids: "sequential" });
    project = await openAdoptionFolder(keycard);
  });
  afterEach(() => closeAll(project, keycard));

  /** Generates the program, and opens its stack. */
  async function adopt(...options: string[]) {
    const { code, stderr } = await project.run(
      ...["adopt", "--zone", "zone_1", "--out", "index.ts"],
      ...options,
    );
    assert.equal(code, 0, stderr);
    const program = await project.program();
    assert.ok(!program.includes(PLANTED));
    assert.deepEqual(compileErrors(program), [], program);
    if (options.includes("--native")) await project.declarePlugin();
    const values = valuesOf(program, keycard);
    const env: Record<string, string> = { ...values.env, ...TRANSPILE_ONLY };
    return { program, ...values, env };
  }

  for (const resource of RESOURCES) {
    for (const values of VALUES) {
      it(`the generated program changes nothing, with --values ${values} through ${NAME_OF[resource]}`, async () => {
        keycard.put({ zone_id: "zone_9", name: "not of this zone" });
        for (const secret of ODD_SECRETS) keycard.put(secret);
        const before = keycard.secrets();
        const given = await adopt("--values", values, ...(resource === "native" ? ["--native"] : []));
        assert.deepEqual(
          keycard.calls().map(({ method }) => method),
          ["GET"],
        );
        // An initial value is needed only for a new secret.
        if (values === "initial") given.env = TRANSPILE_ONLY;
        const stack = await project.openStack(given);
        try {
          const preview = await recorded(keycard, () => stack.preview());
          const ops = preview.steps.map(({ op }) => op);
          assert.deepEqual(
            ops,
            ODD_SECRETS.map(() => (resource === "native" ? "import" : "create")),
          );
          const up = await recorded(keycard, () => stack.up());
          assert.deepEqual(new Set(up.calls.map(({ method }) => method)), new Set(["GET"]));
          const reads = up.calls.filter(({ path }) => /\/secrets\/\w+$/.test(path));
          assert.equal(reads.length, values === "initial" ? 0 : ODD_SECRETS.length);
          assert.deepEqual(new Set(Object.values(up.outputs["versions"] as object)), new Set([1]));
          const again = await recorded(keycard, () => stack.up());
          assert.deepEqual([again.changes, again.calls], [{ same: ODD_SECRETS.length + 1 }, []]);
          assert.deepEqual(keycard.secrets(), before);
          assert.ok(!`${stack.allText()}${await stack.everyFile()}`.includes(PLANTED));
          const inState = (await stack.decryptedText()).includes(`${PLANTED}value`);
          assert.equal(inState, values === "config");
        } finally {
          await stack.close();
        }
      });
    }
  }
});
