const LONGEST_NAME = 60;

/** What may not name a variable of a strict program, and what JavaScript gives a meaning of its own. */
const RESERVED = new Set(
  (
    "arguments as async await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function get if implements import in infinity instanceof interface let nan new null of " +
    "package private protected public return set static super switch this throw true try typeof undefined var void " +
    "while with yield require exports module console process global"
  ).split(" "),
);

/** Hands out names no two of which are alike, nor differ in case alone. */
export class UniqueNames {
  private readonly taken: Set<string>;

  /**
   * @param separator - what stands before the number of a name that is wanted again
   * @param taken - names that are used otherwise
   */
  constructor(
    private readonly separator: "-" | "_",
    taken: readonly string[] = [],
  ) {
    this.taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  /** The wanted name, or the first with a number that is free. */
  take(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.taken.has(name.toLowerCase()); count++)
      name = `${wanted}${this.separator}${count}`;
    this.taken.add(name.toLowerCase());
    return name;
  }
}

/** The name of a Pulumi resource, from what people call the secret: `GitHub token` becomes `github-token`. */
export function resourceName(secretName: string): string {
  const words = secretName
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return words.slice(0, LONGEST_NAME).replace(/^-+|-+$/g, "") || "secret";
}

/** The name of a variable, from that of the resource: `github-token` becomes `githubToken`. */
export function identifier(resource: string): string {
  const name = resource.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
  return RESERVED.has(name) || /^\d/.test(name)
    ? `secret${name.charAt(0).toUpperCase()}${name.slice(1)}`
    : name;
}

/** The name of an environment variable; it begins so that it is never one that means something else, such as `PATH`. */
export function variable(resource: string): string {
  return `SECRET_${resource.toUpperCase().replaceAll("-", "_")}`;
}
