import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const ROOT = resolve(__dirname, "..");
const EXAMPLES = join(ROOT, "examples");

interface Project {
  name: string;
  template?: { description: string; config: Record<string, { description: string; secret?: boolean }> };
}

const text = (...path: string[]) => readFileSync(join(...path), "utf8");

describe("a template for pulumi new", () => {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // A policy pack is no project.
    .filter((name) => readdirSync(join(EXAMPLES, name)).includes("Pulumi.yaml"));

  for (const folder of folders) {
    it(`${folder} asks for each setting that its program needs, and for no other`, () => {
      const project = parse(text(EXAMPLES, folder, "Pulumi.yaml")) as Project & { config?: object };
      assert.ok(project.template?.description);
      const files = readdirSync(join(EXAMPLES, folder)).filter((name) =>
        /^(index\.ts|__main__\.py|main\.go)$/.test(name),
      );
      const program = files.map((name) => text(EXAMPLES, folder, name)).join("\n");
      const plain = [...program.matchAll(/\brequire\("(\w+)"\)|\bget\("(item)"\)/g)].map(
        ([, key, item = ""]) => key ?? item,
      );
      const secret = [
        ...program.matchAll(/\b(?:requireSecret|require_secret|RequireSecret)\((?:ctx, )?"(\w+)"\)/g),
      ].map(([, key = ""]) => key);
      const declared = Object.keys(project.config ?? {});
      const wanted = new Set(["keycard-secrets:zoneId", ...plain, ...secret, ...declared]);
      const { config } = project.template;
      assert.deepEqual(Object.keys(config).sort(), [...wanted].sort());
      for (const [key, { description, secret: isSecret }] of Object.entries(config)) {
        assert.match(description, /^The \w/);
        assert.equal(isSecret === true, secret.includes(key) || declared.includes(key), key);
      }
    });
  }
});

describe("the forms for reports", () => {
  const folder = join(ROOT, ".github/ISSUE_TEMPLATE");

  for (const file of readdirSync(folder).filter((name) => name !== "config.yml")) {
    it(`${file} is a form that asks for something, and refers only to files that exist`, () => {
      const { name, description, body } = parse(text(folder, file)) as {
        name: string;
        description: string;
        body: { type: string; id?: string }[];
      };
      assert.ok(name && description);
      const ids = body.filter(({ type }) => type !== "markdown").map(({ id }) => id);
      assert.ok(ids.length > 0 && !ids.includes(undefined));
      for (const [path] of text(folder, file).matchAll(/\b(docs\/[\w-]+|[A-Z]{4,})\.md\b/g)) {
        assert.doesNotThrow(() => text(ROOT, path), path);
      }
    });
  }

  it("the container for contributors runs a supported Node.js and installs the packages", () => {
    const { image, postCreateCommand } = JSON.parse(text(ROOT, ".devcontainer/devcontainer.json")) as {
      image: string;
      postCreateCommand: string;
    };
    assert.match(image, /^mcr\.microsoft\.com\/devcontainers\/javascript-node:\d+$/);
    const [, version = 0] = /:(\d+)$/.exec(image) ?? [];
    assert.ok(Number(version) >= 22);
    assert.equal(postCreateCommand, "npm ci");
  });
});
