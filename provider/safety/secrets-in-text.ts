/** The names of variables whose values a tool may repeat in an error. */
const SECRET_NAME = /token|secret|pass|pwd|key|credential|auth/i;

const SHORTEST_VALUE = 8;

/** A password in an address, as in `postgres://app:password@host`, with the user before it. */
const IN_ADDRESS = /:\/\/([^\s/?#@:]*):([^\s/?#]*)@/g;

/** A pair of a secret's name and its value, as in the query of an address, a connection string, a header or JSON. */
const IN_PAIR =
  /(?:token|secret|pass(?:word|wd|phrase)?|pwd|key|credentials?|auth(?:orization)?)["']?\s*[:=]\s*(?:(?:Bearer|Basic)\s+)?(?:"([^"]+)"|'([^']+)'|([^\s;&,"'}]+))/gi;

/** The values of a process's variables that no text may show. */
export function environmentSecrets(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    const whole = SECRET_NAME.test(name) && value.length >= SHORTEST_VALUE ? [value] : [];
    return [...whole, ...secretsWithin(value)];
  });
}

/** The parts of a text that are recognizable as secrets. */
export function secretsWithin(text: string): string[] {
  const inAddresses = [...text.matchAll(IN_ADDRESS)].flatMap(([, user = "", password = ""]) => [
    password,
    decoded(password),
    `${user}:${password}`,
    `${decoded(user)}:${decoded(password)}`,
  ]);
  const inPairs = [...text.matchAll(IN_PAIR)].flatMap(([, ...values]) => {
    const value = values.find((each) => each !== undefined) ?? "";
    return value.length >= SHORTEST_VALUE ? [value, decoded(value)] : [];
  });
  return [...new Set([...inAddresses, ...inPairs])].filter((secret) => !["", ":"].includes(secret));
}

/** The arguments of a command, and the parts after `:` or `=` in them. The names of options are not secret. */
export function argumentSecrets(args: readonly string[]): string[] {
  return args.flatMap((argument) => {
    const [, ...rest] = argument.split(/[:=]\s*/);
    const after = rest.filter((part) => part.length >= SHORTEST_VALUE);
    return [...(argument.startsWith("-") ? [] : [argument]), ...after, ...secretsWithin(argument)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
