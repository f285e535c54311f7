import assert from "node:assert/strict";
import { fromEnv, type SecretArgs } from "pulumi-keycard/native";
import { openScene, token, type Scene } from "./support/scene";
import type { RunResult } from "./support/run-result";

describe("messages of the plugin", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** The severities of the diagnostics that contain a text. The automation API always gets the debug diagnostics. */
  const severitiesOf = ({ events }: RunResult, text: RegExp) => {
    const found = events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent && text.test(diagnosticEvent.message) ? [diagnosticEvent.severity as string] : [],
    );
    return [...new Set(found)].filter((severity) => severity !== "debug");
  };

  it("the request log and waits are information, and a value that cannot be read is a warning", async () => {
    scene = await openScene({ resource: "native", env: { KEYCARD_LOG: "debug" } });
    scene.declare({
      a: { entityId: "ent_1", data: token("value") },
      b: { entityId: "ent_1", data: { type: "token", token: fromEnv("NOT_SET_BY_ANYBODY") } },
    });
    assert.deepEqual(severitiesOf(await scene.stack.preview(), /NOT_SET_BY_ANYBODY/), ["warning"]);

    scene.declare({ a: { entityId: "ent_1", data: token("value") } });
    scene.keycard.faults.add({ method: "POST", path: /secrets/, kind: { status: 404 } });
    const up = await scene.stack.up();
    assert.deepEqual(severitiesOf(up, /POST \/zones\/zone_1\/secrets.*201/), ["info"]);
    assert.deepEqual(severitiesOf(up, /^Waiting up to/), ["info"]);
    assert.deepEqual(severitiesOf(up, /./), ["info"]);
  });

  it("the error names what Keycard did not clear, and the state has what Keycard has", async () => {
    scene = await openScene({ resource: "native", switches: { clearing: "never" } });
    const args: SecretArgs = { entityId: "ent_1", description: "Stays", data: token("never") };
    scene.declare({ stubborn: args });
    await scene.stack.up();
    scene.declare({ stubborn: { ...args, name: "renamed", description: "" } });
    assert.match(
      (await scene.stack.upFails()).error,
      /Keycard updated the secret sec_1 but did not clear description/,
    );
    const { name, description, version } = await scene.stateOf("stubborn");
    assert.deepEqual(
      [name, description, version],
      ["renamed", "Stays", scene.keycard.secret("sec_1")?.version],
    );
    scene.keycard.switches.clearing = "null";
    await scene.stack.up();
    assert.equal(scene.keycard.secret("sec_1")?.description, undefined);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });
});
