/* global require */
const { PolicyPack } = require("@pulumi/policy");

// The dynamic resource and the plugin's. With the package as a dependency of the pack, `validateResourceOfType(Secret, …)` finds them too.
const TYPES = ["pulumi-nodejs:dynamic/keycard:Secret", "keycard-secrets:index:Secret"];
const isSecret = ({ type }) => TYPES.includes(type);
const DAY = 24 * 60 * 60 * 1000;

new PolicyPack("keycard-secrets", {
  policies: [
    {
      name: "secret-has-an-owner",
      description: "Every secret names its owner in its metadata.",
      enforcementLevel: "mandatory",
      validateResource: (args, reportViolation) => {
        if (!isSecret(args)) return;
        const { owner } = args.props.metadata ?? {};
        if (typeof owner !== "string" || owner === "") reportViolation('Add `metadata: { owner: "…" }`.');
      },
    },
    {
      name: "value-by-reference",
      description: "No value is written into a program or its configuration.",
      enforcementLevel: "mandatory",
      validateResource: (args, reportViolation) => {
        if (!isSecret(args)) return;
        const { token, password } = args.props.data ?? {};
        // Never put the value into the message: policies see inline values in plain text.
        if (typeof (token ?? password) === "string") {
          reportViolation(
            "Declare the value with `fromEnv`, `fromFile`, `fromCommand`, `generated` or `initialValue`.",
          );
        }
      },
    },
    {
      name: "value-is-not-old",
      description: "No secret stays unchanged for too long.",
      enforcementLevel: "advisory",
      configSchema: { properties: { days: { type: "integer", minimum: 1, default: 90 } } },
      validateStack: (args, reportViolation) => {
        const { days = 90 } = args.getConfig();
        for (const resource of args.resources.filter(isSecret)) {
          const age = (Date.now() - Date.parse(resource.props.updatedAt)) / DAY;
          if (age > days)
            reportViolation(`${resource.name} was not updated for ${Math.floor(age)} days.`, resource.urn);
        }
      },
    },
  ],
});
