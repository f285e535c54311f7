import { Command, InvalidArgumentError } from "commander";
import { runProgram } from "../support/run-program";
import { startKeycard, type Keycard } from "./keycard";
import type { LoggedRequest } from "./request-log";
import { requestLine } from "./request-line";
import { addSwitch, SWITCHES_HELP } from "./switch-options";
import type { Switches } from "./switches";

interface CliOptions {
  port: number;
  clientId: string;
  clientSecret: string;
  zone?: string[];
  entity?: string[];
  switch: Partial<Switches>;
}

const program = new Command("emulator")
  .description("The Keycard secrets API in memory, on a port of 127.0.0.1")
  .option("--port <number>", "port to listen on, 0 for a free one", asPort, 4010)
  .option("--client-id <id>", "client id to accept", "emulator-client")
  .option("--client-secret <secret>", "client secret to accept", "emulator-client-secret")
  .option("--zone <id>", "a zone that exists; may be given several times. Default: every zone", append)
  .option("--entity <id>", "an entity that exists; may be given several times. Default: every entity", append)
  .option("--switch <name=value>", "turn a switch; may be given several times", addSwitch, {})
  .addHelpText("after", `\nSwitches:\n${SWITCHES_HELP}`)
  .action(run);

void runProgram(program);

async function run(options: CliOptions): Promise<void> {
  const keycard = await start(options);
  console.log(`Keycard emulator on ${keycard.url}`);
  console.log(`export KEYCARD_ENDPOINT=${quoted(keycard.url)}`);
  console.log(`export KEYCARD_CLIENT_ID=${quoted(keycard.clientId)}`);
  console.log(`export KEYCARD_CLIENT_SECRET=${quoted(keycard.clientSecret)}`);
  if (options.zone?.[0] !== undefined) console.log(`export KEYCARD_ZONE_ID=${quoted(options.zone[0])}`);
  console.log("Ready. Each request is one line below; Ctrl+C ends the emulator.");
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void keycard.close());
}

async function start({ zone, entity, switch: switches, ...options }: CliOptions): Promise<Keycard> {
  const { port } = options;
  try {
    const onAnswered = (request: LoggedRequest) => console.log(requestLine(request));
    const places = { ...(zone && { zones: zone }), ...(entity && { entities: entity }) };
    return await startKeycard({ ...options, ...places, switches, onAnswered });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EACCES" ? "may not be used by this user" : "is in use by another process";
    throw new Error(
      `Port ${port} of 127.0.0.1 ${why}. Give another with --port, or --port 0 for a free one.`,
      {
        cause: error,
      },
    );
  }
}

function append(id: string, before: string[] = []): string[] {
  if (id === "") throw new InvalidArgumentError("Give an ID.");
  return [...before, id];
}

function asPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("Give a number up to 65535.");
  return port;
}

function quoted(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
