import type { Setting } from "../config/places";

/** The type of a setting in the schema. */
interface SettingType {
  type: "string" | "boolean" | "number";
  secret?: true;
}

/** The types of a provider's settings in the schema. */
export const SETTING_TYPES: Record<Setting, SettingType> = {
  endpoint: { type: "string" },
  clientId: { type: "string" },
  clientSecret: { type: "string", secret: true },
  accessToken: { type: "string", secret: true },
  zoneId: { type: "string" },
  readValues: { type: "boolean" },
  concurrency: { type: "number" },
  attemptTimeoutSeconds: { type: "number" },
  totalTimeoutSeconds: { type: "number" },
};
