import * as pulumi from "@pulumi/pulumi";
import { generated, Secret } from "pulumi-keycard";
import { Command } from "./command";

const config = new pulumi.Config();

const database = new Secret("database", {
  entityId: config.require("entityId"),
  name: "Orders database",
  maxAgeDays: 90,
  data: {
    type: "password",
    username: "app",
    password: generated({ length: 32, rotation: config.get("rotation") ?? "first" }),
  },
});

const apply = new Command("apply-the-password", {
  command: ["node", "--eval", "require('fs').appendFileSync('applied.log', 'applied\\n')"],
  triggers: [database.version],
});

export const version = database.version;
export const applied = apply.runs;
