// Read at run time, relative to the folder of the build, so that it is always this package's own file.
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const { name, version } = require("../package.json") as { name: string; version: string };
