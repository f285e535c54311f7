import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import GithubSlugger from "github-slugger";
import { lexer, walkTokens, type Token } from "marked";

const ROOT = resolve(__dirname, "../..");

/** What Pulumi says of a provider that was killed, depending on the moment. The documents name each of these. */
export const KILLED_PROVIDER = [
  "error reading from server: EOF",
  "connection reset by peer",
  "connection refused",
];

/** A Markdown file of the project. */
export interface Document {
  /** Relative to the repository. */
  path: string;
  text: string;
  /** The texts of its headings, with their levels, as they are written. */
  headings: { level: number; text: string }[];
  /** The targets of its links and pictures. */
  links: string[];
}

/** Every document for readers: in the root folder, in `docs/` and in `examples/`. */
export function documents(): Document[] {
  const top = readdirSync(ROOT).filter((file) => file.endsWith(".md"));
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
      .map((file) => `${folder}/${file}`),
  );
  return [...top, ...below].sort().map(readDocument);
}

/** Reads one document by its path in the repository. */
export function readDocument(path: string): Document {
  const text = readFileSync(join(ROOT, path), "utf8");
  const tokens: Token[] = [];
  void walkTokens(lexer(text), (token) => void tokens.push(token));
  return {
    path,
    text,
    headings: tokens.flatMap((token) =>
      token.type === "heading" ? [{ level: token.depth as number, text: token.text as string }] : [],
    ),
    links: tokens.flatMap((token) =>
      token.type === "link" || token.type === "image" ? [token.href as string] : [],
    ),
  };
}

/** The broken relative links of a document: their file or their heading does not exist. */
export function brokenLinks({ path, links }: Document): string[] {
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : relative(ROOT, resolve(ROOT, dirname(path), decodeURI(file)));
      if (target.startsWith("..") || !existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
}

function anchorsOf(path: string): string[] {
  const slugger = new GithubSlugger();
  const { headings, text } = readDocument(path);
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  return [...named, ...headings.map((heading) => slugger.slug(heading.text.replace(/[`*]/g, "")))];
}
