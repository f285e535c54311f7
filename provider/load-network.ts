/** Loads what speaks to Keycard. It stands at the top, as the build writes the path as it is into files of one folder. */
export const loadNetwork = () => import("./network");
