/** One row per setting of a provider: its type in the schema, and whether it is secret. */
export const SETTINGS = {
  endpoint: { type: "string" },
  clientId: { type: "string" },
  clientSecret: { type: "string", secret: true },
  accessToken: { type: "string", secret: true },
  zoneId: { type: "string" },
  readValues: { type: "boolean" },
  concurrency: { type: "number" },
  attemptTimeoutSeconds: { type: "number" },
  totalTimeoutSeconds: { type: "number" },
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;
