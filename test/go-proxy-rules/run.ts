import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { recorded } from "./recorded";

/**
 * Compares the recorded rules for NO_PROXY with those of Go's package. It needs Go and its module proxy, so it is not a part of
 * `npm test`.
 */
function main(): void {
  const pairs = Object.keys(recorded.table).flatMap((noProxy) =>
    recorded.hosts.map((host) => [noProxy, host]),
  );
  const { status, stdout, stderr, error } = spawnSync("go", ["run", "."], {
    cwd: join(__dirname),
    input: JSON.stringify(pairs),
    encoding: "utf8",
  });
  if (error || status !== 0) {
    console.log(
      `NOT RUN: \`go run\` failed. Install Go, and check that it reaches its modules.\n${stderr ?? ""}`,
    );
    return;
  }
  const isDirect = stdout.trim().split("\n");
  const table: Record<string, string[]> = {};
  pairs.forEach(([noProxy = "", host = ""], i) => {
    table[noProxy] ??= [];
    if (isDirect[i] === "true") table[noProxy].push(host);
  });
  assert.deepEqual(table, recorded.table);
  console.log(`Go follows the recorded rules for all ${pairs.length} pairs.`);
}

main();
