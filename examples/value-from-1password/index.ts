import * as pulumi from "@pulumi/pulumi";
import { Secret, fromCommand } from "pulumi-keycard";

const config = new pulumi.Config();
const item = config.get("item") ?? "op://Infrastructure/database/password";

const database = new Secret("database", {
  entityId: config.require("entityId"),
  data: {
    type: "password",
    username: config.get("username") ?? "app",
    password: fromCommand(["op", "read", item]),
  },
});

export const id = database.id;
export const version = database.version;
