import * as pulumi from "@pulumi/pulumi";

const PROJECT = "test-your-program";

/** The resources that the program declared, in order. */
export const declared: pulumi.runtime.MockResourceArgs[] = [];

/** The lookups of the program, in order. */
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
  "keycard-secrets:zoneId": "q7m2x9c4v1b8n5k3z6w0t4r8y2",
  [`${PROJECT}:entityId`]: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
  [`${PROJECT}:githubToken`]: "any",
});
