// Read at run time from beside the folder that this file is built into, so that it is always the package's own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const { name, version } = require("../package.json") as { name: string; version: string };
