import * as pulumi from "@pulumi/pulumi";
import { Secret, fromEnv } from "pulumi-keycard";

const config = new pulumi.Config();

const github = new Secret("github", {
  entityId: config.require("entityId"),
  name: "GitHub token",
  data: { type: "token", token: fromEnv("GITHUB_TOKEN_FOR_AGENTS") },
});

export const id = github.id;
export const version = github.version;
