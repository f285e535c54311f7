export { SECRET_KEYS, type Environment, type ReadConfig } from "./places";
export { defaultZoneId, MISSING_ZONE, problemsOfSettings, resolveSettings, type Settings } from "./settings";
export { judgeKeys, judgeVariables } from "./unknown-keys";
