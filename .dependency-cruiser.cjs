/** The rooms of the provider, from the doors down. A room may import what stands below it, and nothing above. */
const ROOMS = [
  "^provider/(index\\.ts|command-line/|native/)",
  "^provider/(program/|secret-provider\\.ts)",
  "^provider/load-network\\.ts",
  "^provider/network\\.ts",
  "^provider/(operations/|connection\\.ts)",
  "^provider/plan/",
  "^provider/secret-inputs\\.ts",
  "^provider/values/",
  "^provider/config/",
  "^provider/keycard/",
  "^provider/(json|protocol|safety)/",
];

/** Every rule is about what is loaded: an import of types alone loads nothing. */
const LOADED = { dependencyTypesNot: ["type-only"] };

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "plan-loads-no-network",
      comment:
        "A preview must need no network and no credentials, and must load in milliseconds. Move what speaks to Keycard into operations/ or keycard/, and load it through load-network.ts.",
      severity: "error",
      from: {
        path: "^provider/(plan|values|config|json|protocol|safety)/|^provider/(secret-provider|secret-inputs)\\.ts",
      },
      to: {
        path: "^provider/(network|connection)\\.ts|^provider/(operations|keycard)/|axios|proxy|^(node:)?(http|https|net|tls)$",
        ...LOADED,
      },
    },
    {
      name: "keycard-knows-nothing-about-pulumi",
      comment:
        "The client serves the dynamic provider, the command line and the plugin alike. Pass it what it needs as an argument.",
      severity: "error",
      from: { path: "^provider/keycard/" },
      to: { path: "@pulumi/|^provider/", pathNot: "^provider/(keycard|json|safety)/" },
    },
    {
      name: "only-programs-load-the-sdk",
      comment:
        "@pulumi/pulumi takes half a second to load. Only what runs in the user's program, where it is loaded already, may import more than its types.",
      severity: "error",
      from: { path: "^provider/", pathNot: "^provider/(program|native)/" },
      to: { path: "@pulumi/", ...LOADED },
    },
    ...ROOMS.slice(1).map((room, index) => ({
      name: "imports-go-one-way",
      comment:
        "A room imports only rooms below it, so that a reader can follow a changed argument downwards and each file is loaded no earlier than it is needed. See ROOMS in .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: room },
      to: { path: ROOMS.slice(0, index + 1).join("|") },
    })),
    {
      name: "no-circles",
      comment: "Two files that need each other are one idea, or share a third that both should import.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
  },
};
