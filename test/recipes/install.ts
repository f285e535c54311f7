import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A recipe cannot be run here: its tool cannot be had, or needs an account. */
export class Unavailable extends Error {}

/** A folder with tools, and the variables with which they run. */
export class Tools {
  private readonly done = new Map<string, Promise<void>>();
  private readonly started: ChildProcess[] = [];

  /** @param root - a temporary folder */
  constructor(
    readonly root: string,
    readonly env: NodeJS.ProcessEnv,
  ) {
    const paths = ["bin", "node/node_modules/.bin", "python/bin", "debian/usr/bin"].map((part) =>
      join(root, part),
    );
    env["PATH"] = [...paths, env["PATH"]].join(delimiter);
    mkdirSync(join(root, "bin"), { recursive: true });
  }

  /** Runs a program, and returns its stdout. */
  async run(program: string, args: string[], cwd = this.root): Promise<string> {
    const { stdout } = await execute(program, args, { cwd, env: this.env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /** Starts a program that is ended at the end. */
  start(program: string, args: string[]): ChildProcess {
    const child = spawn(program, args, { cwd: this.root, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    this.started.push(child);
    return child;
  }

  close(): void {
    for (const child of this.started) child.kill("SIGKILL");
  }

  /** Installs packages of npm. */
  npm(...packages: string[]): Promise<void> {
    return this.once(`npm ${packages.join(" ")}`, "npm", [
      "install",
      "--prefix",
      join(this.root, "node"),
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      ...packages,
    ]);
  }

  /** Installs packages of PyPI. */
  async pip(...packages: string[]): Promise<void> {
    const folder = join(this.root, "python");
    await this.once("venv", "python3", ["-m", "venv", folder]);
    await this.once(`pip ${packages.join(" ")}`, join(folder, "bin/python"), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--retries",
      "1",
      ...packages,
    ]);
  }

  /** Builds a program from the Go module proxy. */
  async go(name: string, modulePath: string): Promise<void> {
    if (await this.has(name)) return;
    this.env["GOBIN"] = join(this.root, "bin");
    await this.once(`go ${modulePath}`, "go", ["install", modulePath]);
  }

  /**
   * Unpacks a package of Debian and all that it needs, if the program is not installed. The system stays as it is.
   *
   * @param name - of the package
   */
  async debian(program: string, name = program): Promise<void> {
    if (await this.has(program)) return;
    const folder = join(this.root, "debian");
    mkdirSync(join(folder, "partial"), { recursive: true });
    const places = ["-o", "Debug::NoLocking=1", "-o", `Dir::Cache::archives=${folder}`];
    const options = ["install", "--download-only", "--yes", "--no-install-recommends", ...places];
    await this.once(`apt ${name}`, "apt-get", [...options, name]);
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
      await this.once(`dpkg ${file}`, "dpkg", ["-x", file, "."], folder);
    }
    const libraries = join(
      folder,
      "usr/lib",
      (await this.run("gcc", ["-print-multiarch"]).catch(() => "")).trim(),
    );
    if (existsSync(libraries)) this.env["LD_LIBRARY_PATH"] = libraries;
    await this.needs(program);
  }

  /** @throws if a program is not installed */
  async needs(program: string): Promise<void> {
    if (!(await this.has(program))) throw new Unavailable(`\`${program}\` is not installed`);
  }

  /** Writes a script into the folder of programs. */
  script(name: string, text: string): void {
    const file = join(this.root, "bin", name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  /** Gives a program another name. */
  link(name: string, target: string): void {
    symlinkSync(target, join(this.root, "bin", name));
  }

  private has(program: string): Promise<boolean> {
    return this.run("sh", ["-c", `command -v ${program}`]).then(
      () => true,
      () => false,
    );
  }

  private once(key: string, program: string, args: string[], cwd?: string): Promise<void> {
    const known = this.done.get(key);
    if (known) return known;
    const installed = this.run(program, args, cwd).then(
      () => undefined,
      (error: { stderr?: string; code?: unknown }) => {
        const [line = ""] = (error.stderr ?? "").trim().split("\n").reverse();
        throw new Unavailable(`\`${program}\` could not install it: ${line || String(error.code)}`);
      },
    );
    this.done.set(key, installed);
    return installed;
  }
}
