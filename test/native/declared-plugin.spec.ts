import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const NATIVE = resolve(__dirname, "../../dist/native.js");

describe("a program of a project that does not declare the plugin", function () {
  this.timeout(30_000);

  it("a project without the plugin fails with the lines to add, and works with them", () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-declared-"));
    try {
      // As the CLI runs a program.
      const script = join(folder, "@pulumi/pulumi/cmd/run/index.js");
      mkdirSync(dirname(script), { recursive: true });
      writeFileSync(
        script,
        `const { getSecret, Provider, Secret } = require(${JSON.stringify(NATIVE)});
         const show = ({ stack }) => console.log(stack);
         const data = { type: "token", token: "t" };
         for (const declare of [() => new Secret("a", { entityId: "e", data }), () => new Provider("p")]) {
           try { declare(); } catch (error) { show(error); }
         }
         getSecret({ id: "a" }).catch(show);`,
      );
      const project = join(folder, "Pulumi.yaml");
      writeFileSync(
        project,
        "name: undeclared\nruntime: nodejs\nconfig:\n  keycard-secrets:zoneId: zone_1\n",
      );
      const run = () => {
        const env = { PATH: dirname(process.execPath), PULUMI_HOME: folder };
        return execFileSync(process.execPath, [script], { cwd: folder, env, encoding: "utf8" });
      };
      const message = run();
      assert.match(
        message,
        /The project does not declare the plugin keycard-secrets. Add these lines to \S+Pulumi.yaml:/,
      );
      assert.match(
        message,
        /\nplugins:\n {2}providers:\n {4}- name: keycard-secrets\n {6}path: \.\/node_modules\/pulumi-keycard\/plugin\n/,
      );
      const frames = message.split("\n").filter((line) => /^ +at /.test(line));
      assert.equal(message.match(/does not declare/g)?.length, 3);
      assert.deepEqual(
        frames.filter((line) => /dist[\\/]|native\.js|_Secret/.test(line)),
        [],
      );
      assert.match(frames[0] ?? "", /cmd[\\/]run[\\/]index\.js/);
      appendFileSync(project, "packages:\n  keycard-secrets: ./plugin\n");
      assert.doesNotMatch(run(), /does not declare/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
