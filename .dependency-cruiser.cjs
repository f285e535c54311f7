/** The rooms of the provider, from what others call down. A room may import what stands below it, and nothing above. */
const ROOMS = [
  "^provider/(index|native|exports)\\.ts",
  "^provider/command-line/",
  "^provider/(engine|program)/",
  "^provider/secret/provider\\.ts",
  "^provider/load-network\\.ts",
  "^provider/network\\.ts",
  "^provider/secret/(operations|read|update|lookups|write-errors)\\.ts",
  "^provider/secret/(?!(operations|read|update|lookups|write-errors|provider)\\.ts)",
  "^provider/values/",
  "^provider/config/",
  "^provider/keycard/",
  "^provider/(safety/|(json|mistake|own-package|pulumi-values)\\.ts)",
];

/** Every rule is about what is loaded: an import of types alone loads nothing. */
const LOADED = { dependencyTypesNot: ["type-only"] };

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "plan-loads-no-network",
      comment:
        "A preview must need no network and no credentials, and must load in milliseconds. Only what performs requests imports keycard/, and it is loaded through load-network.ts.",
      severity: "error",
      from: {
        path: "^provider/(secret|values|config|safety)/|^provider/(json|mistake|own-package|pulumi-values)\\.ts",
        pathNot: "^provider/secret/(operations|read|update|lookups|write-errors)\\.ts",
      },
      to: {
        path: "^provider/network\\.ts|^provider/secret/(operations|read|update|lookups|write-errors)\\.ts|^provider/keycard/|axios|proxy|^(node:)?(http|https|net|tls)$",
        ...LOADED,
      },
    },
    {
      name: "plan-loads-no-network",
      comment:
        "The dynamic provider asks for its engine's address through node:net, which the SDK has loaded already. It loads nothing else of the network.",
      severity: "error",
      from: { path: "^provider/engine/dynamic\\.ts" },
      to: {
        path: "^provider/network\\.ts|^provider/secret/(operations|read|update|lookups|write-errors)\\.ts|^provider/keycard/|axios|proxy|^(node:)?(http|https|tls)$",
        ...LOADED,
      },
    },
    {
      name: "keycard-knows-nothing-about-pulumi",
      comment:
        "The client serves the dynamic provider, the command line and the plugin alike. Pass it what it needs as an argument.",
      severity: "error",
      from: { path: "^provider/keycard/" },
      to: { path: "@pulumi/|^provider/", pathNot: "^provider/(keycard/|safety/|json\\.ts)" },
    },
    {
      name: "only-programs-load-the-sdk",
      comment:
        "@pulumi/pulumi takes half a second to load. Only what runs in the user's program, where it is loaded already, may import more than its types.",
      severity: "error",
      from: { path: "^provider/", pathNot: "^provider/(program/|engine/plugin/|native\\.ts)" },
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
