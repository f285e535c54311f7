import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SecretArgs, fromCommand } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { assertNoProcessLeft, processIds } from "./support/processes";
import { type Scene, SECRET_OF, openScene, token } from "./support/scene";

const COUNT = 12;

/** Tells when it began and ended, and runs until enough others have begun, so that a busy machine changes nothing. */
const SCRIPT = `echo begin >> runs.txt
i=0
while [ "$(grep -c begin runs.txt)" -lt "$2" ] && [ $i -lt 200 ]; do sleep 0.1; i=$((i + 1)); done
sleep 0.3
echo end >> runs.txt
echo planted-$1
`;

/** Runs until at least three others run, except near the end, and tells if none came for ten seconds. */
const KEEPS_COMPANY = `echo begin >> runs.txt
i=0
running() { echo $(($(grep -c begin runs.txt) - $(grep -c end runs.txt))); }
while [ "$(running)" -lt 4 ] && [ "$(grep -c begin runs.txt)" -lt 37 ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
[ $i -lt 100 ] || echo alone >> runs.txt
sleep 0.2
echo end >> runs.txt
echo planted-$1
`;

describe("values that are read side by side", () => {
  for (const resource of RESOURCES) {
    describe(`through ${NAME_OF[resource]}`, () => {
      let scene: Scene;
      const at = (name: string) => join(scene.stack.project, name);
      const declare = (wanted: number, count = COUNT) => {
        writeFileSync(at("value.sh"), SCRIPT);
        writeFileSync(at("runs.txt"), "");
        const secret = (index: number): SecretArgs => ({
          entityId: "ent_1",
          data: { type: "token", token: fromCommand(["sh", "value.sh", `${index}`, `${wanted}`]) },
        });
        scene.declare(Object.fromEntries(Array.from({ length: count }, (_, i) => [`s-${i}`, secret(i)])));
      };
      /** How often the command ran, and how many ran at once at most. */
      const counted = () => {
        let [now, most, all] = [0, 0, 0];
        for (const line of readFileSync(at("runs.txt"), "utf8").trim().split("\n")) {
          now += line === "begin" ? 1 : -1;
          most = Math.max(most, now);
          all += line === "begin" ? 1 : 0;
        }
        return { all, most };
      };

      afterEach(() => scene.close());

      it("a run reads each source once, and eight at once", async () => {
        scene = await openScene({ resource });
        declare(8);
        await scene.stack.preview();
        assert.deepEqual(counted(), { all: COUNT, most: 8 });
        declare(8);
        await scene.stack.up();
        assert.deepEqual(counted(), { all: COUNT, most: 8 });
        const sent = scene.keycard.secrets().map(({ name, data }) => [name, data]);
        const expected = Array.from({ length: COUNT }, (_, i) => [`s-${i}`, token(`${i}`)]);
        assert.deepEqual(Object.fromEntries(sent), Object.fromEntries(expected));
        declare(8);
        assert.deepEqual((await scene.stack.up()).changes, { same: COUNT + 1 });
        assert.deepEqual(counted(), { all: COUNT, most: 8 });
      });

      it("forty sources are read side by side to the end", async () => {
        scene = await openScene({ resource });
        declare(0, 40);
        writeFileSync(at("value.sh"), KEEPS_COMPANY);
        await scene.stack.preview();
        assert.doesNotMatch(readFileSync(at("runs.txt"), "utf8"), /alone/);
        assert.equal(counted().all, 40);
      });

      it("the setting parallelReads limits how many are read at once", async () => {
        scene = await openScene({ resource, config: { "keycard-secrets:parallelReads": "3" } });
        declare(3);
        await scene.stack.preview();
        assert.deepEqual(counted(), { all: COUNT, most: 3 });
      });

      it("one line tells about reading that takes longer than five seconds", async () => {
        scene = await openScene({ resource });
        // Nine never begin, because eight are read at once.
        declare(9);
        writeFileSync(at("value.sh"), "sleep 7; echo planted-$1\n");
        const { stdout } = await scene.stack.preview();
        // The CLI shows it while it runs, and at the end.
        const lines = stdout.match(/Reading \d+ values?: \d+ done/g) ?? [];
        assert.deepEqual([...new Set(lines)], ["Reading 12 values: 0 done"]);
      });

      /** Tells when it began, and runs for ten minutes. */
      const endless = (index: number): SecretArgs => ({
        entityId: "ent_1",
        data: { type: "token", token: fromCommand(["sh", "value.sh", `${index}`], { timeoutSeconds: 600 }) },
      });
      const begun = async (count: number) => {
        while (readFileSync(at("runs.txt"), "utf8").split("begin").length <= count) await sleep(50);
      };

      for (const command of ["preview", "up"] as const) {
        it(`Ctrl+C ends a ${command} and all commands that are run`, async () => {
          scene = await openScene({ resource });
          declare(1);
          writeFileSync(at("value.sh"), "echo begin >> runs.txt; sleep 600; echo planted-$1\n");
          scene.declare(Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`s-${i}`, endless(i)])));
          const run = command === "up" ? scene.stack.upFails() : scene.stack.previewFails();
          await begun(8);
          const [cli] = processIds(scene.stack.root, `pulumi ${command}`);
          assert.ok(cli !== undefined);
          const since = Date.now();
          process.kill(cli, "SIGINT");
          await run;
          assert.ok(Date.now() - since < 30_000, "it waited for a command");
          await assertNoProcessLeft(scene.stack.root);
          assert.equal(counted().all, 8, "a command was begun after that");
          assert.deepEqual(scene.keycard.calls(), []);
        });
      }

      for (const [what, options, script] of [
        ["fails", {}, "exit 3"],
        ["takes too long", { timeoutSeconds: 2 }, "sleep 600"],
      ] as const) {
        it(`a command that ${what} ends the run, and all others with it`, async () => {
          scene = await openScene({ resource });
          declare(1);
          const waits = 'while [ "$(grep -c begin runs.txt)" -lt 2 ]; do sleep 0.1; done';
          const first = `if [ $1 = 0 ]; then ${waits}; ${script}; fi`;
          writeFileSync(at("value.sh"), `echo begin >> runs.txt; ${first}; sleep 600; echo planted-$1\n`);
          scene.stack.program = () => {
            const data = { type: "token", token: fromCommand(["sh", "value.sh", "0"], options) } as const;
            const a = new SECRET_OF[resource]("a", { entityId: "ent_1", data });
            // The engine never asks for it, but its value is read ahead.
            new SECRET_OF[resource]("b", endless(1), { dependsOn: a });
            return Promise.resolve();
          };
          const { error } = await scene.stack.upFails();
          assert.match(error, /ended with status 3|was killed after 2 seconds/);
          assert.equal(counted().all, 2);
          await assertNoProcessLeft(scene.stack.root);
        });
      }
    });
  }
});
