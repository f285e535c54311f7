import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandOptions, ValueSource } from "pulumi-keycard";
import { fromCommand, fromFile } from "pulumi-keycard";
import { findEngine } from "../engine/find-engine";
import { Unavailable, type Tools } from "./install";
import { cluster, environments, serve } from "./stand-ins";

/** A row of the table in docs/reference/value-sources.md. */
export interface Recipe {
  /** As the table names it. */
  tool: string;
  source: ValueSource;
  /** The command that prints the version of the tool. */
  version: string;
  /** Installs the tool and gives it a secret. Returns the variables that the command needs. @throws Unavailable */
  prepare: (tools: Tools, project: string) => Promise<Record<string, string>>;
}

/** The value that each tool keeps. */
export const VALUE = "planted-of-a-tool";

/** The versions that are installed. */
const NPM = { dotenvx: "@dotenvx/dotenvx@2.38.2" };
const PYPI = {
  aws: "awscli==1.46.3",
  moto: "moto[server]==5.2.5",
  keyring: ["keyring==25.7.0", "keyrings.alt==5.0.2"],
  ansible: "ansible-core==2.19.14",
  yq: "yq==4.4.5",
};
const SOPS = "github.com/getsops/sops/v3/cmd/sops@v3.13.3";

/** A command without spaces in its arguments. */
const words = (line: string, options: CommandOptions = {}) => fromCommand(line.split(" "), options);
const save = (project: string, name: string, text: string) => writeFileSync(join(project, name), text);

let moto: Promise<Record<string, string>> | undefined;

/** AWS, played by moto. */
function aws(tools: Tools): Promise<Record<string, string>> {
  return (moto ??= startMoto(tools));
}

async function startMoto(tools: Tools): Promise<Record<string, string>> {
  await tools.pip(PYPI.aws);
  await tools.pip(PYPI.moto);
  const server = tools.start("moto_server", ["-H", "127.0.0.1", "-p", "0"]);
  const port = await new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      const [, found] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString()) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.stdout?.on("data", look);
    server.stderr?.on("data", look);
    server.once("exit", () => reject(new Unavailable("moto did not start")));
  });
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_DEFAULT_REGION: "us-east-1",
  };
  Object.assign(tools.env, env);
  const account = JSON.stringify({ username: "app", password: VALUE });
  const create = "secretsmanager create-secret --secret-string".split(" ");
  await tools.run("aws", [...create, VALUE, "--name", "token"]);
  await tools.run("aws", [...create, account, "--name", "database"]);
  const put = "ssm put-parameter --name /database/password --type SecureString --value".split(" ");
  await tools.run("aws", [...put, VALUE]);
  return env;
}

async function gnupg(tools: Tools, project: string): Promise<Record<string, string>> {
  await tools.needs("gpg");
  const env = { GNUPGHOME: join(tools.root, "gnupg"), PASSWORD_STORE_DIR: join(tools.root, "store") };
  Object.assign(tools.env, env);
  await tools.run("mkdir", ["-p", "-m", "700", env.GNUPGHOME]);
  const key = "gpg --batch --passphrase '' --quick-gen-key infra@example.org default default never";
  await tools.run("sh", ["-c", `gpg --list-keys infra@example.org >/dev/null 2>&1 || ${key}`]);
  const encrypt =
    "gpg --quiet --batch --yes --trust-model always --recipient infra@example.org --output database.gpg --encrypt";
  await tools.run("sh", ["-c", `printf ${VALUE} | ${encrypt}`], project);
  return env;
}

async function age(tools: Tools, project: string): Promise<string> {
  await tools.debian("age");
  await tools.run("sh", ["-c", "test -e age.key || age-keygen --output age.key 2>/dev/null"], project);
  const [, recipient = ""] = /public key: (\S+)/.exec(await tools.run("cat", ["age.key"], project)) ?? [];
  return recipient;
}

async function sops(tools: Tools, project: string): Promise<Record<string, string>> {
  const recipient = await age(tools, project);
  await tools.go("sops", SOPS);
  save(project, "plain.yaml", `password: ${VALUE}\n`);
  const output = ["--output", "secrets.yaml", "plain.yaml"];
  await tools.run("sops", ["encrypt", "--age", recipient, ...output], project);
  return { SOPS_AGE_KEY_FILE: "age.key" };
}

async function json(tools: Tools, project: string): Promise<Record<string, string>> {
  save(project, "secrets.json", JSON.stringify({ database: { password: VALUE } }));
  save(project, "plain-secrets.yaml", `database:\n  password: ${VALUE}\n`);
  await tools.debian("jq");
  return {};
}

/** Rows for one tool: the command, and how its output is read. */
type Commands = Record<string, [line: string, options?: CommandOptions]>;

const rowsOf = (
  commands: Commands,
  row: (program: string, tool: string) => Pick<Recipe, "version" | "prepare">,
) =>
  Object.entries(commands).map(([tool, [line, options]]): Recipe => {
    const [program = ""] = line.split(" ");
    return { tool, source: words(line, options), ...row(program, tool) };
  });

const ofAccounts = (commands: Commands) =>
  rowsOf(commands, (program, tool) => ({
    version: `${program} --version`,
    prepare: () => Promise.reject(new Unavailable(`it needs an account of ${tool}`)),
  }));

const ofAws = (commands: Commands) => rowsOf(commands, () => ({ version: "aws --version", prepare: aws }));

/** In the order of the table. */
export const RECIPES: Recipe[] = [
  ...ofAccounts({
    "1Password": ["op read op://infra/database/password"],
    "HashiCorp Vault": ["vault kv get -field=password secret/database"],
    "Google Secret Manager": ["gcloud secrets versions access latest --secret=database"],
    "Azure Key Vault": [
      "az keyvault secret show --vault-name infra --name database --query value --output tsv",
    ],
    Bitwarden: ["bw get password database"],
    Doppler: ["doppler secrets download --format json --no-file", { field: "DB_PASSWORD" }],
  }),
  ...ofAws({
    "AWS Secrets Manager": [
      "aws secretsmanager get-secret-value --secret-id token --query SecretString --output text",
    ],
    "AWS Secrets Manager, JSON": [
      "aws secretsmanager get-secret-value --secret-id database --query SecretString --output text",
      { field: "password" },
    ],
    "AWS Systems Manager": [
      "aws ssm get-parameter --name /database/password --with-decryption --query Parameter.Value --output text",
    ],
  }),
  {
    tool: "Pulumi ESC",
    source: words("pulumi env open infra/database/prod password --format string", {
      passEnv: ["PULUMI_ACCESS_TOKEN"],
    }),
    version: "pulumi version",
    prepare: async (tools) => {
      const { url, server } = await serve(environments("infra/database/prod", { password: VALUE }));
      server.unref();
      const { root } = await findEngine(() => undefined);
      if (root !== undefined) tools.link("pulumi", join(root, "bin/pulumi"));
      // The stack of this check is in a folder, and the environment is not.
      const recipe = RECIPES.find(({ tool }) => tool === "Pulumi ESC");
      if (recipe && "fromCommand" in recipe.source) {
        const command = ["env", `PULUMI_BACKEND_URL=${url}`, ...recipe.source.fromCommand];
        recipe.source = { ...recipe.source, fromCommand: command };
      }
      return { PULUMI_ACCESS_TOKEN: "pul-1" };
    },
  },
  {
    tool: "Kubernetes",
    source: fromCommand([
      ..."kubectl get secret database --output".split(" "),
      "go-template={{.data.password | base64decode}}",
    ]),
    version: "kubectl version --client",
    prepare: async (tools) => {
      await tools.needs("kubectl");
      const { url, server } = await serve(cluster("database", { password: VALUE }));
      server.unref();
      const file = join(tools.root, "kubeconfig");
      writeFileSync(
        file,
        `apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: "${url}"}}]\ncontexts: [{name: c, context: {cluster: c}}]\n`,
      );
      return { KUBECONFIG: file };
    },
  },
  {
    tool: "SOPS",
    source: words('sops decrypt --extract ["password"] secrets.yaml'),
    version: "sops --version",
    prepare: sops,
  },
  {
    tool: "SOPS, many values",
    source: words("sops decrypt --output-type json secrets.yaml", { field: "password" }),
    version: "sops --version",
    prepare: sops,
  },
  {
    tool: "age",
    source: words("age --decrypt --identity age.key database.age"),
    version: "age --version",
    prepare: async (tools, project) => {
      const recipient = await age(tools, project);
      await tools.run(
        "sh",
        ["-c", `printf ${VALUE} | age --recipient ${recipient} --output database.age`],
        project,
      );
      return {};
    },
  },
  {
    tool: "GnuPG",
    source: words("gpg --quiet --batch --decrypt database.gpg"),
    version: "gpg --version",
    prepare: gnupg,
  },
  {
    tool: "pass",
    source: fromCommand(["bash", "-o", "pipefail", "-c", "pass show infra/database | head -n 1"]),
    version: "pass version",
    prepare: async (tools, project) => {
      await tools.debian("pass");
      const env = await gnupg(tools, project);
      await tools.run("pass", ["init", "infra@example.org"]);
      await tools.run("sh", [
        "-c",
        `printf '${VALUE}\\nuser: app\\n' | pass insert --multiline --force infra/database`,
      ]);
      return env;
    },
  },
  {
    tool: "KeePassXC",
    source: words(
      "keepassxc-cli show --quiet --no-password --key-file infra.key --show-protected --attributes Password infra.kdbx database",
    ),
    version: "keepassxc-cli --version",
    prepare: async (tools, project) => {
      await tools.debian("keepassxc-cli", "keepassxc");
      save(project, "infra.key", "0123456789abcdef".repeat(4));
      await tools.run("keepassxc-cli", ["db-create", "--set-key-file", "infra.key", "infra.kdbx"], project);
      const add =
        "keepassxc-cli add --no-password --key-file infra.key --password-prompt infra.kdbx database";
      await tools.run("sh", ["-c", `echo ${VALUE} | ${add}`], project);
      return {};
    },
  },
  {
    tool: "Secret Service (GNOME, KDE)",
    source: words("secret-tool lookup service database"),
    version: "apt-cache policy libsecret-tools",
    prepare: async (tools) => {
      await tools.debian("secret-tool", "libsecret-tools");
      await tools.debian("gnome-keyring-daemon", "gnome-keyring");
      const bus = tools.start("dbus-daemon", ["--session", "--print-address", "--nofork", "--nosyslog"]);
      const address = await new Promise<string>((resolve, reject) => {
        bus.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
        bus.once("error", () => reject(new Unavailable("`dbus-daemon` is not installed")));
      });
      const env = {
        DBUS_SESSION_BUS_ADDRESS: address,
        XDG_DATA_HOME: tools.root,
        XDG_RUNTIME_DIR: tools.root,
      };
      Object.assign(tools.env, env);
      const daemon = tools.start("sh", [
        "-c",
        "printf pw | gnome-keyring-daemon --foreground --unlock --components=secrets",
      ]);
      daemon.stderr?.resume();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await tools.run("sh", ["-c", `printf ${VALUE} | secret-tool store --label=database service database`]);
      return env;
    },
  },
  {
    tool: "Python keyring",
    source: words("keyring get infra database"),
    version: "pip show keyring",
    prepare: async (tools) => {
      await tools.pip(...PYPI.keyring);
      const env = { PYTHON_KEYRING_BACKEND: "keyrings.alt.file.PlaintextKeyring", XDG_DATA_HOME: tools.root };
      Object.assign(tools.env, env);
      await tools.run("sh", ["-c", `printf ${VALUE} | keyring set infra database`]);
      return env;
    },
  },
  {
    tool: "ansible-vault",
    source: words("ansible-vault view --vault-password-file vault.pass database.vault"),
    version: "ansible-vault --version",
    prepare: async (tools, project) => {
      await tools.pip(PYPI.ansible);
      save(project, "vault.pass", "pw\n");
      save(project, "database.vault", VALUE);
      const encrypt = ["encrypt", "--vault-password-file", "vault.pass", "database.vault"];
      await tools.run("ansible-vault", encrypt, project);
      return {};
    },
  },
  {
    tool: "systemd-creds",
    source: words("systemd-creds decrypt --name=database database.cred -"),
    version: "systemd-creds --version",
    prepare: async (tools, project) => {
      await tools.needs("systemd-creds");
      const encrypt = `printf ${VALUE} | systemd-creds encrypt --with-key=host --name=database - database.cred`;
      await tools.run("sh", ["-c", encrypt], project).catch(() => {
        throw new Unavailable("`systemd-creds` cannot encrypt with a key of this host");
      });
      return {};
    },
  },
  {
    tool: "GitHub CLI",
    source: words("gh auth token"),
    version: "gh --version",
    prepare: async (tools) => {
      await tools.debian("gh");
      return { GH_TOKEN: VALUE };
    },
  },
  {
    tool: "dotenvx",
    source: words("dotenvx get DB_PASSWORD --strict"),
    version: "dotenvx --version",
    prepare: async (tools, project) => {
      await tools.npm(NPM.dotenvx);
      save(project, ".env", `DB_PASSWORD=${VALUE}\n`);
      await tools.run("dotenvx", ["encrypt"], project);
      return {};
    },
  },
  {
    tool: "A JSON file",
    source: fromFile("secrets.json", { field: "database.password" }),
    version: "node --version",
    prepare: json,
  },
  {
    tool: "jq",
    source: words("jq --raw-output --exit-status .database.password secrets.json"),
    version: "jq --version",
    prepare: json,
  },
  {
    tool: "yq",
    source: words("yq --raw-output --exit-status .database.password plain-secrets.yaml"),
    version: "pip show yq",
    prepare: async (tools, project) => {
      await json(tools, project);
      await tools.pip(PYPI.yq);
      return {};
    },
  },
];
