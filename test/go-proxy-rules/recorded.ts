import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * To which of the hosts golang.org/x/net/http/httpproxy 0.62.0, which Pulumi's CLI uses, sends requests without a proxy, for each
 * value of NO_PROXY. `npx tsx test/go-proxy-rules/run.ts` compares it with that package.
 */
export const recorded = JSON.parse(readFileSync(join(__dirname, "recorded.json"), "utf8")) as {
  hosts: string[];
  table: Record<string, string[]>;
};
