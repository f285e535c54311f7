// Imported first, so that the mocks are there when the program declares its secrets, which it does while it loads.
import { asked, declared } from "./mocks";
import * as assert from "node:assert";
import type * as pulumi from "@pulumi/pulumi";
import * as program from "./index";

/** What an output comes to. */
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

  it("says in the metadata of each whose it is", () => {
    const teams = declared.map(({ inputs }) => (inputs as { metadata: { team: string } }).metadata.team);
    assert.deepStrictEqual(teams, ["build", "release"]);
  });

  it("looks up what the entity has", async () => {
    assert.strictEqual(await valueOf(program.before), 1);
    assert.deepStrictEqual(
      asked.map(({ token, inputs }): unknown[] => [token, inputs]),
      [["keycard:index:listSecrets", { zoneId: "zone_1", entityId: "ent_1" }]],
    );
  });
});
