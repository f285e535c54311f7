import * as pulumi from "@pulumi/pulumi";

const PROJECT = "test-your-program";

/** What the program declared, in its order. */
export const declared: pulumi.runtime.MockResourceArgs[] = [];

/** What the program looked up, in its order. */
export const asked: pulumi.runtime.MockCallArgs[] = [];

/** Answers what Keycard would. */
const mocks: pulumi.runtime.Mocks = {
  newResource: (args) => {
    declared.push(args);
    return { id: `sec_${declared.length}`, state: { ...(args.inputs as object), version: 1 } };
  },
  call: (args) => {
    asked.push(args);
    return { secrets: [{ id: "sec_0" }] };
  },
};

void pulumi.runtime.setMocks(mocks, PROJECT);
pulumi.runtime.setAllConfig({
  "keycard:zoneId": "zone_1",
  [`${PROJECT}:entityId`]: "ent_1",
  [`${PROJECT}:githubToken`]: "any",
});
