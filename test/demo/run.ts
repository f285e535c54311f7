import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startKeycard, requestLine, type Keycard } from "../emulator";
import { openWorkspace } from "../lifecycle/support/open-workspace";
import { inRunFolder } from "../support/run-folder";
import type { Workspace } from "../lifecycle/support/workspace";
import { closeAll, orClose } from "../support/close-all";

const EXAMPLE = resolve(__dirname, "../../examples/token-secret");

void inRunFolder(main);

/** Shows the main example step by step, on the real engine and against the emulator. */
async function main(): Promise<void> {
  const begun = Date.now();
  const keycard = await startKeycard({ ids: "sequential" });
  const opening = openWorkspace({
    folder: EXAMPLE,
    config: { "keycard-secrets:zoneId": "zone_1", "token-secret:entityId": "ent_1" },
    env: {
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
    },
  });
  const stack = await orClose(opening, keycard);
  try {
    await tell(keycard, stack);
    heading(`Done in ${Math.round((Date.now() - begun) / 1000)} s`);
  } finally {
    await closeAll(stack, keycard);
  }
}

async function tell(keycard: Keycard, stack: Workspace): Promise<void> {
  const received = () => {
    const lines = [...keycard.tokenRequests, ...keycard.requests].map(requestLine);
    keycard.clearLog();
    if (lines.length === 0) return say("Requests to Keycard: none.");
    say("Requests to Keycard:");
    quote(lines.join("\n"));
  };
  const version = () => say(`The secret in Keycard now has version ${keycard.secret("sec_1")?.version}.`);

  heading("The program");
  say("examples/token-secret/index.ts declares one secret:");
  quote(await readFile(join(EXAMPLE, "index.ts"), "utf8"));

  heading("Create");
  await stack.setConfig({ "token-secret:githubToken": { secret: "an-invented-token" } });
  say("`pulumi preview --diff` sends nothing to Keycard:");
  quote((await stack.preview({ diff: true })).stdout);
  received();
  say("`pulumi up`:");
  quote((await stack.up()).stdout);
  received();
  version();

  heading("Change the description");
  await stack.setConfig({ "token-secret:description": "Used by the nightly build" });
  say("`pulumi preview --diff`:");
  quote((await stack.preview({ diff: true })).stdout);
  await stack.up();
  say("`pulumi up` sends only what changed:");
  received();
  version();

  heading("Rotate the token");
  await stack.setConfig({ "token-secret:githubToken": { secret: "another-invented-token" } });
  say("`pulumi up`:");
  quote((await stack.up({ diff: true })).stdout);
  received();
  version();

  heading("Drift");
  keycard.edit("sec_1", { name: "Renamed by hand", data: { type: "token", token: "a-foreign-token" } });
  say("Somebody renames the secret in Keycard and changes its token. `pulumi refresh` shows both changes:");
  quote((await stack.refresh()).stdout);
  received();
  say("`pulumi up` corrects both:");
  quote((await stack.up({ diff: true })).stdout);
  received();
  version();

  heading("No change");
  say("Another `pulumi up`:");
  quote((await stack.up()).stdout);
  received();

  heading("Destroy");
  quote((await stack.destroy()).stdout);
  received();
  say(`Secrets left in Keycard: ${keycard.secrets().length}.`);
}

function heading(text: string): void {
  console.log(`\n\n== ${text} ${"=".repeat(Math.max(3, 80 - text.length))}\n`);
}

function say(text: string): void {
  console.log(text);
}

function quote(text: string): void {
  const lines = text.trimEnd().split("\n");
  // The engine prints its progress line by line. Only the result matters here.
  const results = lines.filter((line) => !/^(@ |Previewing|Updating|Refreshing|Destroying)/.test(line));
  console.log(`\n${results.map((line) => `  | ${line}`.trimEnd()).join("\n")}\n`);
}
