#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0, seen in December 2026: with mocks, `transforms` of a resource never run, without an error or a
# warning, while the older `transformations` do. A unit test of a transform that, say, sets `protect` or a description on
# all secrets sees the inputs unchanged.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >main.js <<'JS'
const pulumi = require("@pulumi/pulumi");

pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => (console.log(`${name}: ${inputs.description}`), { id: "1", state: inputs }),
  call: () => ({}),
});
const change = ({ props, opts }) => ({ props: { ...props, description: "changed" }, opts });
new pulumi.CustomResource("app:index:Secret", "transforms", { description: "as written" }, { transforms: [change] });
new pulumi.CustomResource("app:index:Secret", "transformations", { description: "as written" }, { transformations: [change] });
JS
seen=$(node main.js 2>&1 | sort)
echo "$seen"
[ "$seen" = "transformations: changed
transforms: as written" ]
