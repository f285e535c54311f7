import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openScene, token } from "./support/scene";

/** Node.js 22.10 and later keep compiled code when they are told to. */
const KEEPS = "flushCompileCache" in nodeModule;

describe("the compiled code of the plugin", () => {
  let cache: string;
  beforeEach(async () => {
    // Others may write into the folder for temporary files itself.
    cache = await mkdtemp(join(tmpdir(), "pulumi-keycard-compiled-"));
  });
  afterEach(() => rm(cache, { recursive: true }));

  /** Runs a preview, and returns the names of the files that the plugin has kept. */
  async function keptIn(folder: string, more: Record<string, string> = {}): Promise<string[]> {
    const env = { XDG_CACHE_HOME: folder, NODE_COMPILE_CACHE: "", ...more };
    const scene = await openScene({ resource: "native", env });
    try {
      scene.declare({ one: { entityId: "ent_1", data: token("compiled") } });
      const { changes } = await scene.stack.preview();
      assert.equal(changes["create"], 2);
    } finally {
      await scene.close();
    }
    const entries = await readdir(cache, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  it("is kept in a folder of the user", async () => {
    const own = join(cache, "home");
    assert.equal((await keptIn(own)).length > 0, KEEPS);
  });

  it("is not read from a folder in which others could have put it", async () => {
    const shared = join(cache, "home");
    await chmod(cache, 0o777);
    assert.deepEqual(await keptIn(shared), []);
  });

  it("is not kept if NODE_DISABLE_COMPILE_CACHE forbids it", async () => {
    assert.deepEqual(await keptIn(join(cache, "home"), { NODE_DISABLE_COMPILE_CACHE: "1" }), []);
  });
});
