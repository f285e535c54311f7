/** What is suspicious about a text that is declared as a value. It shows nothing of the text but the words of our own list. */
interface Suspicion {
  /** Whether the text is certainly no secret, and so is not sent. */
  isCertain: boolean;
  /** What the text is, to follow the name of its source. */
  fact: string;
  /** Where it usually comes from, and what to do. */
  remedy: string;
}

type Rule = [matches: RegExp, fact: string, remedy: string];

const DECRYPT = "it was not decrypted: name a command that decrypts it, and give it the key.";
const RESOLVE =
  "it was not resolved: name a command that resolves it, or run Pulumi through the tool that does.";
const MASKED = "make the tool show the value itself.";

/** Each rule is for the whole text, without white space around it. */
const CERTAIN: Rule[] = [
  [
    /^none$/i,
    "is the word `None`",
    "the AWS CLI prints it if `--query` matches nothing or the secret is binary. Correct the query.",
  ],
  [
    /^null$/i,
    "is the word `null`",
    "jq, yq, SOPS and `pulumi env open` print it for a key that is missing or empty. Correct the key.",
  ],
  [
    /^(undefined|nil|nan)$/i,
    "is the word that a program prints for a missing value",
    "correct what computes it.",
  ],
  [
    /^(<no value>|<none>|<nil>|<null>|\(null\)|%!\w\(.*\))$/i,
    "is what a template prints for a missing key",
    "kubectl and other tools of Go end with status 0 then. Correct the key.",
  ],
  [
    /^illegal base64 data at input byte \d+$/,
    "is what a template prints for a text that is not Base64",
    "`b64dec` of Go templates ends with status 0 then. Correct the key.",
  ],
  [
    /^(\[object \w+\]|Calling (\[to\w+\]|__str__) on an .*Output.*)/,
    "is what JavaScript or Pulumi makes of an object or an output in a text",
    "name the property that you mean, or use `apply`.",
  ],
  [
    /^\[secret\]$/i,
    "is the mark of a secret output",
    "`pulumi stack output` prints it. Add `--show-secrets`.",
  ],
  [
    /^(<sensitive>|\(sensitive( value)?\)|<concealed by 1password>|[<[]redacted[>\]]|[*•●]{3,})$/i,
    "is a mask instead of a value",
    MASKED,
  ],
  [
    /^\[use 'op item get .*--reveal' to reveal\]$/,
    "is a mask instead of a value",
    "add `--reveal`, or use `op read`.",
  ],
  [
    // eslint-disable-next-line no-control-regex
    /[\x1b\x9b]/,
    "has escape sequences of a terminal",
    "it is text for people, such as the listing of a folder of `pass`. Name one entry, or switch colours off.",
  ],
  [/^[│ ]*[├└]── /m, "is the listing of a folder", "name one entry of it."],
  [
    /^encrypted:[\w+/=-]{40,}$/,
    "is ciphertext of dotenvx",
    `${DECRYPT} Use \`--strict\`, with which dotenvx fails instead.`,
  ],
  [/^ENC\[\w+,/, "is ciphertext of SOPS or eyaml", DECRYPT],
  [/^-----BEGIN PGP MESSAGE-----/, "is ciphertext of PGP", DECRYPT],
  [/^(-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1)/, "is ciphertext of age", DECRYPT],
  [/^\$ANSIBLE_VAULT;/, "is ciphertext of ansible-vault", DECRYPT],
  [/^vault:v\d+:[\w+/=-]+$/, "is ciphertext of Vault's transit engine", DECRYPT],
  [/^\{cipher\}/, "is ciphertext of Spring Cloud Config", DECRYPT],
  [
    /^(Whxqht\+dQJax1aZeCGLxm|DHzAexF2RZGcSwvqCLwg|k6iUCUh0RJCQyvL8k8q1U)/,
    "is ciphertext of systemd-creds",
    DECRYPT,
  ],
  [/^\0GITCRYPT\0/, "is ciphertext of git-crypt", DECRYPT],
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    "is a pointer of Git LFS",
    "fetch the file with `git lfs pull`.",
  ],
  [/^op:\/\/\S.*$/, "is a reference of 1Password", RESOLVE],
  [/^ref\+\w+:\/\//, "is a reference of vals", RESOLVE],
  [/^@Microsoft\.KeyVault\(/i, "is a reference to Azure Key Vault", RESOLVE],
  [
    /^(\$\{\{.*\}\}|\{\{.*\}\}|\$\{\w+\}|\$\([\w.-]+\))$/,
    "is a placeholder",
    "nothing has filled it in. Correct its name where it is set.",
  ],
  [
    /^<(!doctype html|html)[\s>]/i,
    "is a page of HTML",
    "the command was answered by something else. Make it fail then, as with `curl --fail`.",
  ],
];

/** Judges a text that is about to be sent as a value. @returns undefined if nothing is suspicious */
export function suspicionOf(text: string): Suspicion | undefined {
  const value = text.trim();
  for (const [matches, fact, remedy] of CERTAIN) {
    if (matches.test(value)) return { isCertain: true, fact, remedy };
  }
  const lines = value.split(/\r\n|[\r\n]/).length;
  if (lines > 1 && !/-----BEGIN [A-Z0-9 ]+-----/.test(value)) {
    return {
      isCertain: false,
      fact: `has ${lines} lines and is no PEM text`,
      remedy: "it may be a whole document. Name one value of it, for JSON with the option `field`.",
    };
  }
  if (/^"[^"]*"$/.test(value)) {
    return { isCertain: false, fact: "is in quotation marks", remedy: "jq and yq leave them out with `-r`." };
  }
  return undefined;
}
