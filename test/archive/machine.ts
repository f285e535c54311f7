import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { languageTools } from "../engine/build-languages";
import { findEngine } from "../engine/find-engine";

/** A machine with Pulumi and the hosts of some languages: no Node.js, no npm, and no plugin yet. */
export interface Machine {
  /** The folder of the project. */
  project: string;
  /** The PATH. */
  path: string;
  /** Runs the CLI in the project, and returns what it printed. Rejects if it fails. */
  pulumi(...args: string[]): Promise<string>;
  /** The text of all files that the state consists of. */
  state(): Promise<string>;
  /** Forgets all installed plugins, as on another machine with the same backend. */
  forgetPlugins(): Promise<void>;
  close(): Promise<void>;
}

const log = (line: string) => void process.stderr.write(`engine: ${line}\n`);

/**
 * @param env - for the CLI and what it starts. They get no variable of this process
 * @param path - folders to add to the PATH
 */
export async function openMachine(env: Record<string, string>, path: string[] = []): Promise<Machine> {
  const engine = await findEngine(() => undefined);
  const tools = await languageTools(log);
  const root = await mkdtemp(join(tmpdir(), "pulumi-keycard-machine-"));
  const at = (folder: string) => join(root, folder);
  for (const folder of ["bin", "home", "state", "project"]) await mkdir(at(folder));
  // The folder of an installed CLI may contain Node.js.
  await symlink(engine.pulumi, join(at("bin"), "pulumi"));
  const everything = {
    HOME: at("home"),
    PATH: [at("bin"), tools, ...path].join(":"),
    PULUMI_HOME: at("home"),
    PULUMI_BACKEND_URL: `file://${at("state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of the tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
    ...env,
  };
  return {
    project: at("project"),
    path: everything.PATH,
    pulumi: (...args) => run(join(at("bin"), "pulumi"), args, at("project"), everything),
    state: () =>
      run("/bin/sh", ["-c", `cat $(find "${at("state")}" -type f)`], root, { PATH: "/usr/bin:/bin" }),
    forgetPlugins: () => rm(join(at("home"), "plugins"), { recursive: true, force: true }),
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function run(
  command: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<string> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  const code = await new Promise<number | null>((done, failed) =>
    child.once("error", failed).once("close", done),
  );
  if (code !== 0)
    throw new Error(`${basename(command)} ${args.join(" ")} ended with ${code ?? "a signal"}:\n${printed}`);
  return printed;
}

/** A server of plain files, as a release has it. */
export interface FileServer {
  url: string;
  /** The paths that were requested. */
  requests: string[];
  close(): Promise<void>;
}

/** Serves the files of a folder on 127.0.0.1, with their lengths. */
export async function serveFiles(folder: string): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const file = join(folder, basename(request.url ?? ""));
    stat(file).then(
      ({ size }) => {
        response.writeHead(200, { "content-length": size });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
