import "@pulumi/pulumi";
import { Secret } from "pulumi-keycard";
import { askedFor, declaredArgs, resourceName } from "./declared";

for (const secret of askedFor()) new Secret(resourceName(secret), declaredArgs(secret));
