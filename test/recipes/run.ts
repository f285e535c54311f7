import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, type ValueSource } from "pulumi-keycard";
import { startKeycard } from "../emulator";
import { openWorkspace } from "../lifecycle/support/open-workspace";
import { Tools, Unavailable } from "./install";
import { RECIPES, VALUE, type Recipe } from "./recipes";

/** What a run found out about a recipe. */
interface Outcome {
  recipe: Recipe;
  /** Why it was not run. */
  notRun?: string;
  failed?: string;
  version?: string;
  variables?: string[];
  /** Undefined for a file. */
  addsNewline?: boolean;
  startMs?: number;
}

/**
 * Runs the recipes of docs/reference/value-sources.md with the real tools, and then through the package: one `pulumi up`
 * reads all of them and sends them to the emulator. It installs the tools from the package registries into a temporary
 * folder. Those that need an account, or that cannot be had here, are NOT RUN.
 */
async function main(chosen: string[]): Promise<void> {
  const tools = new Tools(mkdtempSync(join(tmpdir(), "pulumi-keycard-recipes-")), { ...process.env });
  const recipes = RECIPES.filter(({ tool }) => chosen.length === 0 || chosen.includes(tool));
  try {
    const outcomes = await runAll(recipes, tools);
    for (const outcome of outcomes) console.log(describe(outcome));
    const count = (name: "failed" | "notRun") =>
      outcomes.filter((outcome) => outcome[name] !== undefined).length;
    const [failed, notRun] = [count("failed"), count("notRun")];
    console.log(`\n${outcomes.length - failed - notRun} passed, ${failed} failed, ${notRun} not run`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    tools.close();
    rmSync(tools.root, { recursive: true, force: true });
  }
}

async function runAll(recipes: Recipe[], tools: Tools): Promise<Outcome[]> {
  const keycard = await startKeycard();
  const home = { HOME: tools.root, PATH: tools.env["PATH"] ?? "" };
  Object.assign(tools.env, home);
  const stack = await openWorkspace({
    program: () => Promise.resolve(),
    env: { KEYCARD_ENDPOINT: keycard.url, KEYCARD_ACCESS_TOKEN: keycard.accessToken },
  });
  const env: Record<string, string> = {};
  try {
    const outcomes: Outcome[] = [];
    for (const recipe of recipes) outcomes.push(await tryTool(recipe, tools, stack.project, env));
    const ready = outcomes.filter(({ notRun, failed }) => notRun === undefined && failed === undefined);
    stack.program = () => {
      for (const { recipe } of ready) new Secret(recipe.tool, argumentsOf(recipe.source));
      return Promise.resolve();
    };
    // The tools' variables, and the home in which they keep their secrets.
    const libraries = tools.env["LD_LIBRARY_PATH"];
    stack.setEnv({ ...env, ...home, ...(libraries && { LD_LIBRARY_PATH: libraries }) });
    await stack
      .up({ continueOnError: true })
      .catch((error: unknown) => console.error((error as Error).message));
    for (const outcome of ready) {
      const sent = keycard.secrets().find(({ name }) => name === outcome.recipe.tool)?.data;
      const value = sent?.type === "token" ? sent.token : undefined;
      if (value !== VALUE)
        outcome.failed = `the package sent ${value === undefined ? "nothing" : "another value"}`;
    }
    return outcomes;
  } finally {
    await stack.close();
    await keycard.close();
  }
}

const argumentsOf = (token: ValueSource) => ({
  zoneId: "zone_1",
  entityId: "ent_1",
  data: { type: "token" as const, token },
});

/** Runs the tool by itself, as the package does. */
async function tryTool(
  recipe: Recipe,
  tools: Tools,
  project: string,
  env: Record<string, string>,
): Promise<Outcome> {
  try {
    const variables = await recipe.prepare(tools, project);
    Object.assign(env, variables);
    Object.assign(tools.env, variables);
    const [program = "", ...args] = recipe.version.split(" ");
    const [version] = /\d+(\.\d+)*/.exec(await tools.run(program, args)) ?? [];
    const outcome = { recipe, version: version ?? "", variables: Object.keys(variables) };
    const { source } = recipe;
    if (!("fromCommand" in source)) return outcome;
    const [command = "", ...rest] = source.fromCommand;
    const times: number[] = [];
    let text = "";
    for (let i = 0; i < 3; i++) {
      const begun = performance.now();
      text = await tools.run(command, rest, project);
      times.push(performance.now() - begun);
    }
    return { ...outcome, addsNewline: text.endsWith("\n"), startMs: Math.round(Math.min(...times)) };
  } catch (error) {
    if (error instanceof Unavailable) return { recipe, notRun: error.message };
    return { recipe, failed: (error as Error).message.split("\n").slice(0, 3).join(" ") };
  }
}

function describe({
  recipe,
  notRun,
  failed,
  version,
  variables = [],
  addsNewline,
  startMs,
}: Outcome): string {
  const { tool } = recipe;
  if (notRun !== undefined) return `NOT RUN  ${tool}: ${notRun}.`;
  if (failed !== undefined) return `FAILED   ${tool}: ${failed}`;
  const newline = addsNewline === undefined ? "" : addsNewline ? ", adds a newline" : ", adds no newline";
  const needs = variables.length > 0 ? `, with ${variables.join(", ")}` : "";
  return `ok       ${tool} ${version}${newline}${startMs === undefined ? "" : `, ${startMs} ms`}${needs}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
