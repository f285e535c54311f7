import * as pulumi from "@pulumi/pulumi";
import { Secret } from "pulumi-keycard";

const config = new pulumi.Config();

const github = new Secret("github", {
  entityId: config.require("entityId"),
  name: "GitHub token",
  description: config.get("description") ?? "Used by the release agent",
  metadata: { team: config.get("team") ?? "release" },
  data: { type: "token", token: config.requireSecret("githubToken") },
});

export const id = github.id;
export const version = github.version;
