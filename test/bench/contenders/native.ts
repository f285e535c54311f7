import { Secret } from "pulumi-keycard/native";
import { askedFor, resourceName } from "./declared";

for (const secret of askedFor()) new Secret(resourceName(secret), secret);
