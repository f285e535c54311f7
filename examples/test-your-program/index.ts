import * as pulumi from "@pulumi/pulumi";
import { listSecretsOutput, Secret } from "pulumi-keycard";

const config = new pulumi.Config();
const entityId = config.require("entityId");

const secrets = ["build", "release"].map(
  (team) =>
    new Secret(`github-${team}`, {
      entityId,
      description: `Used by the agents of ${team}`,
      metadata: { team },
      data: { type: "token", token: config.requireSecret("githubToken") },
    }),
);

export const versions = secrets.map(({ version }) => version);
export const before = listSecretsOutput({ entityId }).secrets.apply((found) => found.length);
