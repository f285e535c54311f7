// Imported first: the program declares its secrets while it loads, and the mocks must be set by then.
import { asked, declared } from "./mocks";
import * as assert from "node:assert";
import type * as pulumi from "@pulumi/pulumi";
import * as program from "./index";

/** Resolves an output. */
const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("the program", () => {
  before(() => Promise.all(program.versions.map(valueOf)));

  it("declares a secret for each team", () => {
    assert.deepStrictEqual(
      declared.map(({ type, name }) => `${type} ${name}`),
      [
        "pulumi-nodejs:dynamic/keycard:Secret github-build",
        "pulumi-nodejs:dynamic/keycard:Secret github-release",
      ],
    );
  });

  it("names the team in the metadata of each secret", () => {
    const teams = declared.map(({ inputs }) => (inputs as { metadata: { team: string } }).metadata.team);
    assert.deepStrictEqual(teams, ["build", "release"]);
  });

  it("looks up the secrets of the entity", async () => {
    assert.strictEqual(await valueOf(program.before), 1);
    assert.deepStrictEqual(
      asked.map(({ token, inputs }): unknown[] => [token, inputs]),
      [
        [
          "keycard:index:listSecrets",
          { zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3" },
        ],
      ],
    );
  });
});
