import * as pulumi from "@pulumi/pulumi";
import { askedFor, resourceName, type DeclaredSecret } from "./declared";

/** Of the form and the length of the one in `provider/program/secret.ts`, but what it loads does nothing. */
const LOADER =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/npm install')('./no-op-module/provider').provider";

/** Registers what `Secret` of the package registers. */
class Secret extends pulumi.CustomResource {
  constructor(name: string, { data, ...args }: DeclaredSecret) {
    const known = { type: undefined, version: undefined, createdAt: undefined, updatedAt: undefined };
    const outputs = { maxAgeDays: undefined, ...known };
    const props = { ...outputs, ...args, data: pulumi.secret(data), __provider: LOADER };
    super("pulumi-nodejs:dynamic/keycard:Secret", name, props, { additionalSecretOutputs: ["data"] });
  }
}

for (const secret of askedFor()) new Secret(resourceName(secret), secret);
