/** Loads everything that sends requests. This file is at the top level because the build keeps the path as it is. */
export const loadNetwork = () => import("./network");
