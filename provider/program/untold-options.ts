import type * as pulumi from "@pulumi/pulumi";
import type { Registration } from "../protocol/registration";

/** A path of the option `ignoreChanges` that names `data` or a part of it. */
const DATA_PATH = /^(data\b|\["data"\]|\*)/;

/** The options of a resource that `check` needs, and that the engine does not pass on. */
export function untoldOptions({
  deleteBeforeReplace,
  ignoreChanges = [],
}: pulumi.CustomResourceOptions): Pick<Registration, "deletedFirst" | "ignoresData"> {
  return {
    ...(deleteBeforeReplace === true && { deletedFirst: true }),
    ...(ignoreChanges.some((path) => DATA_PATH.test(path)) && { ignoresData: true }),
  };
}
