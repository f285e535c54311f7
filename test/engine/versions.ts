/** The versions that a run of the lifecycle tests uses. This file is the only place that names them for the tests. */
export interface Versions {
  /** How the run is called, in `TESTED_VERSIONS` and in the names of folders. */
  name: "main" | "floor";
  /** The Pulumi CLI. Its module is in the folder `cli-3.274`, which is named after it. */
  cli: `v3.${number}.${number}`;
  /** `@pulumi/pulumi`. */
  sdk: string;
  /** Node.js. */
  node: string;
}

/** Today's versions: `npm test` runs every lifecycle spec with them. */
export const MAIN: Versions = { name: "main", cli: "v3.274.1", sdk: "3.276.0", node: "24.22.3" };

/** The oldest versions that are tested: `npm run test:floor` runs the core specs with them. */
export const FLOOR: Versions = { name: "floor", cli: "v3.259.0", sdk: "3.248.0", node: "20.19.6" };

/** The language hosts, which both runs share. Each has a module in the folder of its name. */
export const HOSTS = {
  "language-host": "v3.68.0",
  "python-host": "v3.68.0",
  // The last version that is a package of the SDK's module.
  "go-host": "v3.65.0",
  "yaml-host": "v1.38.1",
} as const;

/** The versions of this run. `TESTED_VERSIONS=floor` chooses the oldest ones. */
export function testedVersions(env: NodeJS.ProcessEnv = process.env): Versions {
  const chosen = env["TESTED_VERSIONS"] ?? MAIN.name;
  const found = [MAIN, FLOOR].find(({ name }) => name === chosen);
  if (found === undefined)
    throw new Error(`TESTED_VERSIONS is ${chosen}. Set it to main or floor, or unset it.`);
  return found;
}

/** The folder of the module that builds a version of the CLI, below this one. */
export function cliModule(cli: string): string {
  return `cli-${cli.slice(1).split(".").slice(0, 2).join(".")}`;
}
