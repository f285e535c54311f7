import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Keycard, startKeycard } from "../../emulator";
import { languageTools } from "../../engine/build-languages";
import type { ResourceKind } from "../../support/resource-kinds";
import { openWorkspace } from "./open-workspace";
import { openProgramScene } from "./program-scene";
import { TYPE_OF, assertClean, openScene } from "./scene";
import { type Shape, type Story, declareStory } from "./shapes";
import type { Workspace } from "./workspace";

/** The kind of program that tells a story: inline in the Automation API, run by the CLI, or in YAML. */
export type Kind = "inline" | "process" | "yaml";

/** An emulator, and a stack whose program tells a story. */
export interface Stage {
  keycard: Keycard;
  stack: Workspace;
  /** Sets what the next run of the program declares. */
  tell(story: Story): Promise<void>;
  /** Closes both, and searches everything that was stored and printed for values and credentials. */
  close(): Promise<void>;
}

/** Opens a stage. */
export function openStage(kind: Kind, shape: Shape, resource: ResourceKind): Promise<Stage> {
  return { inline: openInline, process: openProcess, yaml: openYaml }[kind](shape, resource);
}

async function openInline(shape: Shape, resource: ResourceKind): Promise<Stage> {
  const scene = await openScene({ resource });
  const { keycard, stack } = scene;
  const tell = (story: Story) => {
    stack.program = () => Promise.resolve(declareStory(shape, resource, story));
    return Promise.resolve();
  };
  return { keycard, stack, tell, close: () => scene.close() };
}

async function openProcess(shape: Shape, resource: ResourceKind): Promise<Stage> {
  const scene = await openProgramScene({ declaresPlugin: resource === "native" });
  const { keycard, stack } = scene;
  const requires = ["tsx/cjs", "./shapes"].map((name) => JSON.stringify(require.resolve(name)));
  const tell = (story: Story) =>
    scene.write(
      `require(${requires[0]});
       module.exports = require(${requires[1]}).declareStory(${[shape, resource, story].map((part) => JSON.stringify(part)).join(", ")});`,
    );
  return { keycard, stack, tell, close: () => closeClean(stack, keycard, () => scene.close()) };
}

async function openYaml(): Promise<Stage> {
  const tools = await languageTools((line) => void process.stderr.write(`engine: ${line}\n`));
  const keycard = await startKeycard({ ids: "sequential" });
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-yaml-"));
  await writeFile(join(folder, "Pulumi.yaml"), yamlOf({ secrets: [] }));
  const stack = await openWorkspace({
    folder,
    config: { "keycard-secrets:zoneId": "zone_1" },
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      PATH: [tools, process.env["PATH"]].join(delimiter),
    },
  });
  await rm(folder, { recursive: true });
  const tell = (story: Story) => writeFile(join(stack.project, "Pulumi.yaml"), yamlOf(story));
  const close = async () => {
    await stack.close();
    await keycard.close();
  };
  return { keycard, stack, tell, close: () => closeClean(stack, keycard, close) };
}

async function closeClean(stack: Workspace, keycard: Keycard, close: () => Promise<void>): Promise<void> {
  try {
    assertClean(await stack.storedText(), "the backend", keycard);
    assertClean(stack.allText(), "the output of the CLI", keycard);
  } finally {
    await close();
  }
}

/** The YAML program of a story, in JSON, which is a part of YAML. */
function yamlOf({ secrets, looksUp }: Story): string {
  const type = "keycard-secrets:Secret";
  const resources = secrets.map(({ name, args, formerly }): [string, object] => {
    const earlier = `urn:pulumi:test::in-yaml::${TYPE_OF.native}::${formerly}`;
    const options = formerly === undefined ? {} : { options: { aliases: [earlier] } };
    return [name, { type, properties: args, ...options }];
  });
  const first = secrets[0]?.name;
  const one = { zoneId: "zone_1", id: `\${${first}.id}` };
  const call = (name: string, args: object, options: object = {}) => ({
    "fn::invoke": { function: `keycard-secrets:${name}`, arguments: args, options },
  });
  const lookUps = {
    resources: { read: { type, get: { id: one.id, state: { zoneId: one.zoneId } } } },
    variables: {
      found: call("getSecret", one),
      holds: call("getSecretValue", one),
      all: call(
        "listSecrets",
        { zoneId: "zone_1", entityId: "ent_1" },
        { dependsOn: secrets.map(({ name }) => `\${${name}}`) },
      ),
    },
    outputs: {
      byId: "${found.name}",
      value: "${holds.data}",
      listed: { "fn::toJSON": "${all.secrets}" },
      read: "${read.name}",
    },
  };
  return JSON.stringify({
    name: "in-yaml",
    runtime: "yaml",
    packages: { "keycard-secrets": "./node_modules/pulumi-keycard/plugin" },
    ...(looksUp && { variables: lookUps.variables, outputs: lookUps.outputs }),
    resources: { ...Object.fromEntries(resources), ...(looksUp && lookUps.resources) },
  });
}
