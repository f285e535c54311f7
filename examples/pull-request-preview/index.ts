import * as pulumi from "@pulumi/pulumi";
import { Secret } from "pulumi-keycard";

const config = new pulumi.Config();
const entityId = config.require("entityId");

const github = new Secret("github", {
  entityId,
  name: "GitHub token",
  description: config.get("description") ?? "Used by the release agent",
  data: { type: "token", token: config.requireSecret("githubToken") },
});

const database = new Secret("database", {
  entityId,
  data: { type: "password", username: "app", password: config.requireSecret("databasePassword") },
});

export const versions = { github: github.version, database: database.version };
