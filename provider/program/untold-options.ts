import type * as pulumi from "@pulumi/pulumi";
import type { Registration } from "../protocol/registration";

/** A path of the option `ignoreChanges` that names `data` or a part of it. */
const DATA_PATH = /^(data\b|\["data"\]|\*)/;

/** What `check` has to know of the options of a resource, and the engine does not tell it. */
export function untoldOptions({
  deleteBeforeReplace,
  ignoreChanges = [],
}: pulumi.CustomResourceOptions): Pick<Registration, "deletedFirst" | "ignoresData"> {
  return {
    ...(deleteBeforeReplace === true && { deletedFirst: true }),
    ...(ignoreChanges.some((path) => DATA_PATH.test(path)) && { ignoresData: true }),
  };
}
