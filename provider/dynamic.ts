import { markingData } from "./protocol/dynamic-door";
import { warnThroughEngine } from "./protocol/engine-warning";
import { printedOnce } from "./protocol/printed-once";
import { SecretProvider } from "./secret/provider";

export { SecretProvider };

/** The loader text in every state uses this name, so it never changes. It accepts every state that it ever returned. */
export const provider = printedOnce(markingData(new SecretProvider(undefined, undefined, warnThroughEngine)));
