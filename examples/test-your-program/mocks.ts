import * as pulumi from "@pulumi/pulumi";

const PROJECT = "test-your-program";

/** The resources that the program declared, in order. */
export const declared: pulumi.runtime.MockResourceArgs[] = [];

/** The look-ups of the program, in order. */
export const asked: pulumi.runtime.MockCallArgs[] = [];

/** Return what Keycard would. */
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
  "keycard-secrets:zoneId": "zone_1",
  [`${PROJECT}:entityId`]: "ent_1",
  [`${PROJECT}:githubToken`]: "any",
});
