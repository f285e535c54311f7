import { readFileSync } from "node:fs";

/** A fenced block of a Markdown file. */
export interface CodeBlock {
  language: string;
  text: string;
  /** The heading above the block. */
  heading: string;
}

/** All fenced blocks of a Markdown file, in order. */
export function codeBlocks(path: string): CodeBlock[] {
  const parts = readFileSync(path, "utf8").matchAll(/^#+ (.*)$|^```(\w*)\n([\s\S]*?)^```$/gm);
  let heading = "";
  const blocks: CodeBlock[] = [];
  for (const [, title, language, text] of parts) {
    if (title !== undefined) heading = title;
    else blocks.push({ language: language ?? "", text: text ?? "", heading });
  }
  return blocks;
}
