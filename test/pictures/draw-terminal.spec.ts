import assert from "node:assert/strict";
import { drawTerminal } from "./draw-terminal";

describe("a picture of a terminal", function () {
  this.timeout(30_000);

  it("a picture has the colours of the output, in light and in dark mode", async () => {
    const svg = await drawTerminal([{ command: "pulumi up", output: "\u001b[38;5;2m+ created\u001b[0m\n" }]);
    const [, name = "?"] = /<tspan class="(s\d)">\+ created<\/tspan>/.exec(svg) ?? [];
    const [, light, dark] =
      new RegExp(`${name} { fill: (#\\w+).*${name} { fill: (#\\w+)`, "s").exec(svg) ?? [];
    assert.ok(light && dark && light !== dark, svg);
    assert.match(svg, /prefers-color-scheme: dark/);
  });

  it("a picture shows the commands, and no escape sequence", async () => {
    const svg = await drawTerminal([{ command: "pulumi up", output: "\u001b[1ma <b> & c\u001b[0m" }]);
    assert.match(svg, />\$ pulumi up</);
    assert.match(svg, />a &lt;b&gt; &amp; c</);
    assert.ok(!svg.includes("\u001b"));
  });
});
