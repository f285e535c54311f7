import * as pulumi from "@pulumi/pulumi";
import { Secret } from "pulumi-keycard";

const config = new pulumi.Config();

const database = new Secret("database", {
  entityId: config.require("entityId"),
  data: {
    type: "password",
    username: config.get("username") ?? "app",
    password: config.requireSecret("databasePassword"),
  },
});

export const id = database.id;
export const version = database.version;
