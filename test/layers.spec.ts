import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");

/** Imports that have to be rejected, each with the rule that forbids it. */
const VIOLATIONS = [
  { room: "secret", imports: 'import it from "axios";', rule: "plan-loads-no-network" },
  { room: "secret", imports: 'import * as it from "../keycard/client";', rule: "plan-loads-no-network" },
  { room: "values", imports: 'import it from "node:https";', rule: "plan-loads-no-network" },
  {
    room: "keycard",
    imports: 'import * as it from "@pulumi/pulumi";',
    rule: "keycard-knows-nothing-about-pulumi",
  },
  {
    room: "keycard/http",
    imports: 'import * as it from "../../secret/run-memory";',
    rule: "keycard-knows-nothing-about-pulumi",
  },
  {
    room: "values",
    imports: 'import * as it from "../secret/run-memory";',
    rule: "imports-go-one-way",
  },
  {
    room: "secret",
    imports: 'import * as it from "../program/secret";',
    rule: "imports-go-one-way",
  },
];

describe("the rooms of the provider", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-layers-"));
    for (const name of ["provider", ".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  });
  after(() => rmSync(folder, { recursive: true }));

  const cruise = () =>
    new Promise<string>((done) => {
      const cli = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
      const args = [cli, "provider", "--output-type", "err-long"];
      execFile(process.execPath, args, { cwd: folder }, (_, stdout) => done(stdout));
    });

  it("the imports of the provider follow the layers", async () => {
    assert.match(await cruise(), /no dependency violations found/);
  });

  it("a forbidden import is reported with the rule that it breaks", async () => {
    VIOLATIONS.forEach(({ room, imports }, index) =>
      writeFileSync(join(folder, plantedIn(room, index)), `${imports}\nexport const used = it;\n`),
    );
    const output = await cruise();
    VIOLATIONS.forEach(({ room, rule }, index) =>
      assert.match(output, new RegExp(`error ${rule}: ${plantedIn(room, index)}`)),
    );
  });
});

const plantedIn = (room: string, index: number) => `provider/${room}/planted-${index}.ts`;
