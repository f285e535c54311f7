import { resolve } from "node:path";
import type { Plugin } from "esbuild";

const LEAN = resolve(__dirname, "../provider/program/lean-sdk.ts");

/** Lets programs load only a part of the SDK. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(bundling) {
    bundling.onResolve({ filter: /^@pulumi\/pulumi$/ }, ({ importer }) =>
      importer === LEAN ? undefined : { path: LEAN },
    );
  },
};
