/** The two kinds of resources with which a program declares secrets: dynamic ones, and those of the plugin. */
export type ResourceKind = "dynamic" | "native";

/** Both kinds, for tests that apply to each of them. */
export const RESOURCES: readonly ResourceKind[] = ["dynamic", "native"];

/** What users call them. */
export const NAME_OF: Record<ResourceKind, string> = {
  dynamic: "the dynamic resource",
  native: "the plugin",
};
