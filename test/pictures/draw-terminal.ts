import { codeToTokens } from "shiki";

/** One command and what it printed, with the escape sequences for colours. */
export interface Shown {
  command: string;
  output: string;
}

const THEMES = { light: "github-light-default", dark: "github-dark-default" } as const;
const FONT_SIZE = 13;
// Monospaced fonts differ little: their characters are about 0.6 of the size wide.
const CHARACTER = FONT_SIZE * 0.61;
const LINE = 19;
const MARGIN = 18;

/** Draws commands with their output as an SVG image that follows the reader's light or dark mode. */
export async function drawTerminal(shown: readonly Shown[]): Promise<string> {
  const text = shown.map(({ command, output }) => `$ ${command}\n${output.trimEnd()}\n`).join("\n");
  const { tokens, fg = "", bg = "" } = await codeToTokens(text.trimEnd(), { lang: "ansi", themes: THEMES });
  const classes = new Classes();
  const rows = tokens.map((line, row) => {
    const spans = line
      .filter(({ content }) => content !== "")
      .map(({ content, htmlStyle = {} }) => {
        return `<tspan class="${classes.of(htmlStyle)}">${escaped(content)}</tspan>`;
      });
    return `<text x="${MARGIN}" y="${MARGIN + FONT_SIZE + row * LINE}">${spans.join("")}</text>`;
  });
  const columns = tokens.map((line) => line.reduce((sum, { content }) => sum + content.length, 0));
  const width = Math.ceil(Math.max(...columns) * CHARACTER + 2 * MARGIN);
  const height = tokens.length * LINE + 2 * MARGIN;
  const [light = "", dark = ""] = bg.split(";--shiki-dark-bg:");
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(shown.map(({ command }) => command).join(", then "))}</title>`,
    "<style>",
    `text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }`,
    `rect { fill: ${light}; stroke: #8b949e55; }`,
    ...classes.rules("color", "font-weight"),
    "@media (prefers-color-scheme: dark) {",
    `  rect { fill: ${dark}; }`,
    ...classes.rules("--shiki-dark", "--shiki-dark-font-weight").map((rule) => `  ${rule}`),
    "}",
    "</style>",
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<g xml:space="preserve" fill="${fg.split(";")[0]}">`,
    ...rows,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

type Style = Record<string, string>;

/** The styles that occur, each with a name of its own. */
class Classes {
  private readonly styles = new Map<string, Style>();

  of(style: Style): string {
    this.styles.set(JSON.stringify(style), style);
    return this.nameOf(JSON.stringify(style));
  }

  rules(color: string, weight: string): string[] {
    return [...this.styles].map(([key, style]) => {
      const bold = style[weight] ?? style[`--shiki-light-${weight}`];
      return `.${this.nameOf(key)} { fill: ${style[color]};${bold ? ` font-weight: ${bold};` : ""} }`;
    });
  }

  private nameOf(key: string): string {
    return `s${[...this.styles.keys()].indexOf(key)}`;
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
