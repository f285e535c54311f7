import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startKeycard } from "../emulator";
import { openWorkspace } from "../lifecycle/support/open-workspace";
import { drawTerminal, type Shown } from "./draw-terminal";

/** The picture that the README shows. */
export const PICTURE_FILE = resolve(__dirname, "../../docs/pictures/preview-and-up.svg");

const program = (description: string, more = "") => `
import * as pulumi from "@pulumi/pulumi";
import { fromEnv, Secret } from "pulumi-keycard";

const github = new Secret("github", {
  entityId: "ent_github",
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
new Secret("database", { entityId: "ent_database", data }, { dependsOn: github });
`;

/** Runs a preview and an update on the real engine, against the emulator, and draws what they print. */
export async function recordPicture(): Promise<string> {
  const keycard = await startKeycard({ ids: "sequential" });
  const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-picture-"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: agents\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{ "main": "index.ts" }\n');
  await writeFile(join(folder, "index.ts"), program("Used by the release agent"));
  const stack = await openWorkspace({
    folder,
    stackName: "dev",
    config: {
      "keycard:zoneId": "zone_1",
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
  const show = async (command: string): Promise<Shown> => {
    const { stdout, stderr, failed } = await stack.cli(command.split(" ").slice(1), "", "always");
    if (failed) throw new Error(`${command} failed:\n${stdout}${stderr}`);
    return { command, output: withoutTimes(stdout) };
  };
  try {
    await stack.up();
    await writeFile(join(stack.project, "index.ts"), program("Used by the nightly build", DATABASE));
    const shown = [await show("pulumi preview --diff"), await show("pulumi up --yes --skip-preview")];
    return await drawTerminal(shown);
  } finally {
    await stack.close();
    await keycard.close();
    await rm(folder, { recursive: true });
  }
}

/** Leaves out the lines of progress, which a terminal overwrites, and makes every duration the same. */
function withoutTimes(output: string): string {
  return output
    .split("\n")
    .filter((line) => !/@ (previewing|updating)|(creating|updating) \(\d+s\)/.test(line))
    .join("\n")
    .replace(/\(\d[\d.]*s\)/g, "(0.1s)")
    .replace(/(Duration:\S*) \S+/, "$1 3s")
    .replace(/\n{2,}/g, "\n\n")
    .replace(/(\(dev\):\S*)\n\n/g, "$1\n");
}
