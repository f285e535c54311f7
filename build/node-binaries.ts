import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";

/** A package of the npm registry that contains the Node.js of one platform. */
export interface NodePackage {
  name: string;
  version: string;
  /** The checksum of its archive, as the registry gives it. */
  integrity: string;
}

/**
 * Gets a Node.js from the npm registry, and keeps it for the next build.
 *
 * @returns the folder of the package
 * @throws if the registry cannot be reached, or the package is not the expected one
 */
export async function nodePackage({ name, version, integrity }: NodePackage): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pulumi-keycard");
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    // Not `npm install`, which refuses the packages of other platforms.
    const args = ["pack", `${name}@${version}`, "--pack-destination", partial, "--silent"];
    const file = execFileSync("npm", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
    const archive = join(partial, file);
    const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (found !== integrity) {
      throw new Error(`${name}@${version} is not the expected package: its checksum is ${found}.`);
    }
    await extract({ file: archive, cwd: partial });
    renameSync(join(partial, "package"), folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/**
 * The version of a Node.js binary, which may be for another platform.
 *
 * @throws if the file contains no version
 */
export function versionOf(binary: string): string {
  // The address of the headers is in every official binary. The file has 100 MB, so only a part of it becomes text.
  const bytes = readFileSync(binary);
  const marker = "/download/release/v";
  const at = bytes.indexOf(marker);
  const text = at === -1 ? "" : bytes.toString("latin1", at + marker.length, at + marker.length + 20);
  const version = /^\d+\.\d+\.\d+/.exec(text)?.[0];
  if (version === undefined) throw new Error(`${binary} is not an official Node.js.`);
  return version;
}
