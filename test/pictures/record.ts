import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard, type Keycard } from "../emulator";
import { openWorkspace } from "../lifecycle/support/open-workspace";
import type { Workspace } from "../lifecycle/support/workspace";
import { SAMPLE_ENTITY, SAMPLE_OTHER_ENTITY, SAMPLE_SECRET, SAMPLE_ZONE } from "../support/sample-ids";
import { drawTerminal, type Shown } from "./draw-terminal";
import { closeAll, orClose } from "../support/close-all";

const FOLDER = resolve(__dirname, "../../docs/pictures");

/** The pictures that the README shows: their files, and what draws them. */
export const PICTURES: readonly { file: string; record: () => Promise<string> }[] = [
  { file: join(FOLDER, "preview-and-up.svg"), record: () => recorded(previewAndUp) },
  { file: join(FOLDER, "drift.svg"), record: () => recorded(drift) },
];

interface Scene {
  keycard: Keycard;
  stack: Workspace;
  /** Runs a command, and returns what to show of it. */
  show: (command: string) => Promise<Shown>;
}

const program = (description: string, more = "") => `
import * as pulumi from "@pulumi/pulumi";
import { fromEnv, Secret } from "pulumi-keycard";

const github = new Secret("github", {
  entityId: "${SAMPLE_ENTITY}",
  description: "${description}",
  metadata: { team: "release" },
  data: { type: "token", token: new pulumi.Config().requireSecret("githubToken") },
});
${more}
export const version = github.version;
`;

// It depends on the other, so that the lines come in the same order each time.
const DATABASE = `
const data = { type: "password", username: "app", password: fromEnv("DATABASE_PASSWORD") } as const;
new Secret("database", { entityId: "${SAMPLE_OTHER_ENTITY}", data }, { dependsOn: github });
`;

async function previewAndUp({ stack, show }: Scene): Promise<Shown[]> {
  await writeFile(join(stack.project, "index.ts"), program("Used by the nightly build", DATABASE));
  return [await show("pulumi preview --diff"), await show("pulumi up --yes --skip-preview")];
}

async function drift({ keycard, show }: Scene): Promise<Shown[]> {
  const data = { type: "token", token: "a-foreign-token" } as const;
  keycard.edit(SAMPLE_SECRET, { name: "renamed by hand", data });
  return [await show("pulumi refresh --preview-only --diff")];
}

/** Runs a scene on the real engine, against the emulator, and draws what is to be shown. */
async function recorded(play: (scene: Scene) => Promise<Shown[]>): Promise<string> {
  const ids = [SAMPLE_SECRET, `${SAMPLE_SECRET.slice(0, -1)}7`];
  const keycard = await startKeycard({ ids: () => ids.shift() ?? "" });
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-picture-"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: agents\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{ "main": "index.ts" }\n');
  await writeFile(join(folder, "index.ts"), program("Used by the release agent"));
  const opening = openWorkspace({
    folder,
    stackName: "dev",
    config: {
      "keycard-secrets:zoneId": SAMPLE_ZONE,
      "agents:githubToken": { secret: "an-invented-token" },
    },
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      DATABASE_PASSWORD: "an-invented-password",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    },
  });
  const stack = await orClose(opening, keycard);
  const show = async (command: string): Promise<Shown> => {
    const { stdout, stderr, failed } = await stack.cli(command.split(" ").slice(1), "", "always");
    if (failed) throw new Error(`${command} failed:\n${stdout}${stderr}`);
    return { command, output: withoutTimes(stdout) };
  };
  try {
    await stack.up();
    return await drawTerminal(await play({ keycard, stack, show }));
  } finally {
    await closeAll(stack, keycard, () => rm(folder, { recursive: true }));
  }
}

/** Leaves out the lines of progress, which a terminal overwrites, and makes every duration the same. */
function withoutTimes(output: string): string {
  return output
    .split("\n")
    .filter(
      (line) => !/@ (previewing|updating|refreshing)|(creating|updating|refreshing) \(\d+s\)/.test(line),
    )
    .join("\n")
    .replace(/\(\d[\d.]*s\)/g, "(0.1s)")
    .replace(/(Duration:\S*) \S+/, "$1 3s")
    .replace(/\n{2,}/g, "\n\n")
    .replace(/(\(dev\):\S*)\n\n/g, "$1\n");
}
