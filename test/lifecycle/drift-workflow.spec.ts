import assert from "node:assert/strict";
import { cp, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { startKeycard, type Keycard } from "../emulator";
import { SAMPLE_ENTITY, SAMPLE_ZONE } from "../support/sample-ids";
import { openNewcomer, type Newcomer } from "./support/newcomer";

const EXAMPLE = resolve(__dirname, "../../examples/pull-request-preview");

describe("the scheduled job that finds drift", () => {
  let keycard: Keycard;
  let newcomer: Newcomer;
  let script: string;

  before(async () => {
    const { jobs } = parse(await readFile(join(EXAMPLE, ".github/workflows/keycard-drift.yml"), "utf8")) as {
      jobs: { drift: { steps: { id?: string; run?: string }[] } };
    };
    script = jobs.drift.steps.find(({ id }) => id === "drift")?.run ?? "";
    keycard = await startKeycard({ ids: "sequential" });
    newcomer = await openNewcomer(keycard, {
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      KEYCARD_ZONE_ID: SAMPLE_ZONE,
      PULUMI_SKIP_CONFIRMATIONS: "",
      GITHUB_STEP_SUMMARY: "summary.md",
      STACK: "dev",
    });
    for (const file of ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts", "drift-table.mjs"]) {
      await cp(join(EXAMPLE, file), join(newcomer.folder, file));
    }
    await newcomer.run(
      [
        "pulumi stack init dev",
        `pulumi config set entityId ${SAMPLE_ENTITY}`,
        "pulumi config set --secret githubToken",
        "pulumi config set --secret databasePassword",
        "pulumi up --yes",
      ].join("\n"),
      { githubToken: "planted-token", databasePassword: "planted-password" },
    );
  });
  after(async () => {
    await newcomer.close();
    await keycard.close();
  });

  const summary = () => readFile(join(newcomer.folder, "summary.md"), "utf8");
  const state = () => newcomer.run("pulumi stack export");

  it("succeeds without drift, and writes nothing to Keycard or the state", async () => {
    const before = await state();
    keycard.clearLog();
    await newcomer.run(script);
    assert.equal(await summary(), "No secret was changed outside Pulumi.\n");
    assert.deepEqual([...new Set(keycard.calls().map(({ method }) => method))], ["GET"]);
    assert.equal(await state(), before);
  });

  it("fails with a table of what drifted, without a value, and leaves the state as it was", async () => {
    const before = await state();
    const [one, other] = ["GitHub token", "database"].map((name) =>
      keycard.secrets().find((secret) => secret.name === name),
    );
    keycard.edit(one?.id ?? "", { name: "by hand", data: { type: "token", token: "planted-foreign" } });
    keycard.remove(other?.id ?? "");
    const failure = await newcomer.run(script).then(
      () => assert.fail("the job succeeded"),
      ({ message }: Error) => message,
    );
    const table = (await summary()).split("\n").filter((line) => line.startsWith("| "));
    assert.match(table.join("\n"), /^\| github \| (?:value, name|name, value) \| /m);
    assert.match(table.join("\n"), /^\| database \| deleted \| /m);
    const json = await readFile(join(newcomer.folder, "drift.json"), "utf8");
    assert.ok(!`${failure}${json}${await summary()}`.includes("planted-"));
    assert.equal(await state(), before);
  });
});
