import { execFile } from "node:child_process";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { NODE_MODULES } from "./open-workspace";

/** A registry with empty packages, so that the documented `npm install` works without the network. */
export interface StubRegistry {
  url: string;
  /** Replaces the empty packages in a project with those of this repository. */
  fill(project: string): Promise<void>;
  close(): void;
}

/**
 * Starts a registry that has the given packages, in the versions that this repository has installed.
 *
 * @param folder - where to store the tarballs
 * @param others - other versions than these, by the names of the packages
 */
export async function startStubRegistry(
  names: readonly string[],
  folder: string,
  others: Record<string, string> = {},
): Promise<StubRegistry> {
  const versions = new Map<string, string>();
  for (const name of names) versions.set(name, await pack(name, folder, others[name]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").slice(1));
    const version = versions.get(path);
    if (path.endsWith(".tgz")) {
      readFile(join(folder, path)).then(
        (tarball) => response.end(tarball),
        () => response.writeHead(404).end(),
      );
    } else if (version === undefined) {
      response.writeHead(404).end("{}");
    } else {
      const manifest = { name: path, version, dist: { tarball: `${url}/${fileOf(path)}` } };
      response.end(
        JSON.stringify({ name: path, "dist-tags": { latest: version }, versions: { [version]: manifest } }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    fill: async (project) => {
      for (const name of names) {
        const place = join(project, "node_modules", name);
        await rm(place, { recursive: true });
        await symlink(join(NODE_MODULES, name), place);
      }
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const fileOf = (name: string) => `${name.replace("/", "-")}.tgz`;

async function pack(name: string, folder: string, other?: string): Promise<string> {
  const version = other ?? (await installedVersion(name));
  const root = join(folder, `${fileOf(name)}-stub`);
  await mkdir(join(root, "package"), { recursive: true });
  await writeFile(join(root, "package", "package.json"), JSON.stringify({ name, version }));
  await promisify(execFile)("tar", ["-czf", join(folder, fileOf(name)), "-C", root, "package"]);
  return version;
}

async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(NODE_MODULES, name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
