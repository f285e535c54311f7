import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** What one process of a run tells the others about a secret: names alone, never a value. */
export interface RunNote {
  /**
   * `adopts`: a resource will be created with an `adoptId` that names the secret. `names`: one that exists has such an `adoptId`.
   * `adopted`: the resource adopted or imported it. `manages`: the state has it. `forgets`: none of these any more.
   */
  kind: "adopts" | "names" | "adopted" | "manages" | "forgets";
  /** The key of the secret. */
  secret: string;
  urn: string;
}

/** The notes of another process, and how far they were read. */
interface Others {
  notes: RunNote[];
  offset: number;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDONLY, O_WRONLY } = constants;

/** What ends a process without the event `exit`. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Lets the processes of one run tell each other which secrets they adopt and manage: each explicit provider is a process, and
 * the dynamic provider is one more. All of them get the same engine address, which differs from run to run. Each writes a file
 * that only its user can read, and removes it when it ends. The file of a process that has ended is ignored.
 */
export class RunNotes {
  private file: { path: string; descriptor: number } | undefined;
  private readonly others = new Map<string, Others>();
  private hasFailed = false;

  /**
   * @param run - what all processes of a run have in common; undefined if there is nothing, and then there are no notes
   * @param fail - called once, with the reason why the processes cannot tell each other anything
   */
  constructor(
    private readonly run: () => string | undefined,
    private readonly fail: (reason: string) => void,
    private readonly folder = join(tmpdir(), `pulumi-keycard-${userInfo().username.replace(/\W/g, "_")}`),
  ) {}

  write(note: RunNote): void {
    this.attempt(undefined, (prefix) => {
      this.file ??= this.create(prefix);
      writeSync(this.file.descriptor, `${JSON.stringify(note)}\n`);
    });
  }

  /** Returns what the other processes have told, oldest first for each of them. */
  read(): RunNote[] {
    return this.attempt([], (prefix) => {
      const names = listed(this.folder).filter(
        (name) => name.startsWith(prefix) && name !== prefix + process.pid,
      );
      if (names.length > 0) assertPrivate(lstatSync(this.folder), this.folder);
      return names.flatMap((name) => (isAlive(pidOf(name)) ? this.readOne(name) : []));
    });
  }

  private attempt<T>(otherwise: T, act: (prefix: string) => T): T {
    const common = this.run();
    if (common === undefined || this.hasFailed) return otherwise;
    try {
      return act(`${createHash("sha256").update(common).digest("hex").slice(0, 16)}-`);
    } catch (error) {
      this.hasFailed = true;
      this.fail((error as Error).message);
      return otherwise;
    }
  }

  private create(prefix: string): { path: string; descriptor: number } {
    const path = join(this.folder, prefix + process.pid);
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    assertPrivate(lstatSync(this.folder), this.folder);
    for (const name of listed(this.folder)) {
      // Left over from a process that was killed, perhaps with the number that this one has now.
      if (!isAlive(pidOf(name)) || name === prefix + process.pid) unlinkSync(join(this.folder, name));
    }
    const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    const remove = () => {
      ignoringErrors(() => unlinkSync(path));
      ignoringErrors(() => rmdirSync(this.folder));
    };
    process.once("exit", remove);
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        remove();
        process.kill(process.pid, signal);
      });
    }
    return { path, descriptor };
  }

  private readOne(name: string): RunNote[] {
    const before = this.others.get(name) ?? { notes: [], offset: 0 };
    this.others.set(name, before);
    let descriptor: number;
    try {
      descriptor = openSync(join(this.folder, name), O_RDONLY | O_NOFOLLOW);
    } catch {
      // The process has just ended.
      return [];
    }
    try {
      const stats = fstatSync(descriptor);
      assertPrivate(stats, join(this.folder, name));
      const added = Buffer.alloc(Math.max(0, stats.size - before.offset));
      readSync(descriptor, added, 0, added.length, before.offset);
      // The last line may not be complete yet.
      const whole = added.subarray(0, added.lastIndexOf("\n") + 1);
      before.offset += whole.length;
      for (const line of whole.toString().split("\n")) {
        if (line !== "") before.notes.push(JSON.parse(line) as RunNote);
      }
    } finally {
      closeSync(descriptor);
    }
    return before.notes;
  }
}

/**
 * Finds the engine's address among the arguments of a provider's process. Flags such as `-v=9` may come before it.
 *
 * @returns undefined if the process is not that of a provider
 */
export function engineAddress(args: readonly string[]): string | undefined {
  return args.findLast((argument) => /^[\w.[\]:-]+:\d+$/.test(argument));
}

/** @throws an Error if somebody else owns a file or folder, or can write it */
function assertPrivate(stats: Stats, path: string): void {
  const uid = process.getuid?.();
  // Windows has no such rights, and a temporary folder for each user.
  if (uid === undefined || (stats.uid === uid && (stats.mode & 0o077) === 0 && !stats.isSymbolicLink()))
    return;
  throw new Error(`${path} belongs to another user or can be written by others. Remove it`);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function pidOf(name: string): number {
  return Number(name.split("-").at(-1));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // A process of another user has written none of our files.
    return false;
  }
}

function ignoringErrors(run: () => void): void {
  try {
    run();
  } catch {
    // Another process has removed it, or still uses the folder.
  }
}
