import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** Finds the comment of an exported type, class or function, or of one of its members. */
export type Describe = (file: string, name: string, member?: string) => string;

/** @param folder - the folder that file names are relative to */
export function describer(folder: string): Describe {
  const files = new Map<string, ts.SourceFile>();
  const parse = (file: string) => {
    const path = join(folder, file);
    const known = files.get(path);
    if (known) return known;
    const parsed = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    files.set(path, parsed);
    return parsed;
  };
  return (file, name, member) => {
    const declared = declarations(parse(file)).find((each) => each.name?.getText() === name);
    const node = declared && member !== undefined ? memberOf(declared, member, parse(file)) : declared;
    const text = node && commentOf(node);
    if (!text) throw new Error(`${file} has no comment on ${[name, member].filter(Boolean).join(".")}.`);
    return text;
  };
}

type Declared =
  ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration | ts.FunctionDeclaration;

function declarations(file: ts.SourceFile): Declared[] {
  return file.statements.filter(
    (each): each is Declared =>
      ts.isInterfaceDeclaration(each) ||
      ts.isTypeAliasDeclaration(each) ||
      ts.isClassDeclaration(each) ||
      ts.isFunctionDeclaration(each),
  );
}

/** Includes the interfaces of the same file that an interface extends. */
function memberOf(declared: Declared, member: string, file: ts.SourceFile): ts.Node | undefined {
  if (ts.isFunctionDeclaration(declared) || ts.isTypeAliasDeclaration(declared)) return undefined;
  const members: readonly ts.NamedDeclaration[] = [...declared.members];
  const own = members.find((each) => each.name?.getText() === member);
  if (own) return own;
  const parents = (declared.heritageClauses ?? []).flatMap(({ types }) =>
    types.map((each) => each.getText()),
  );
  return declarations(file)
    .filter(({ name }) => parents.includes(name?.getText() ?? ""))
    .map((parent) => memberOf(parent, member, file))
    .find((found) => found !== undefined);
}

/** The text of a comment and its default value, without parts that are only about TypeScript. */
function commentOf(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const summary = docs.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join("\n\n");
  const standard = docs
    .flatMap(({ tags = [] }) => [...tags])
    .filter(({ tagName }) => tagName.text === "defaultValue")
    .map(({ comment }) => `Default: ${ts.getTextOfJSDocComment(comment) ?? ""}.`);
  return [summary, ...standard]
    .join(" ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}
