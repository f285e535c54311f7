import { isDeepStrictEqual } from "util";
import * as pulumi from "@pulumi/pulumi";
import axios from "axios";
import { askedFor, resourceName, type DeclaredSecret } from "./declared";

/** An answer of Keycard. Only a single read has `data`. */
interface Answer extends Pick<DeclaredSecret, "name" | "description" | "metadata"> {
  data?: DeclaredSecret["data"];
  id: string;
  zone_id: string;
  entity_id: string;
  version: number;
  created_at: string;
  updated_at: string;
}

type State = DeclaredSecret & { type: string; version: number; createdAt: string; updatedAt: string };

const PATCHED = ["name", "description", "metadata", "data"] as const;
const REPLACED = ["zoneId", "entityId"] as const;

const pathOf = (zoneId: string, id = "") => `/zones/${zoneId}/secrets${id && `/${id}`}`;

const isGone = (error: unknown) => axios.isAxiosError(error) && error.response?.status === 404;

const stateOf = (secret: Answer, data: DeclaredSecret["data"]): State => {
  const { name, description, metadata, version, created_at: createdAt, updated_at: updatedAt } = secret;
  const ids = { zoneId: secret.zone_id, entityId: secret.entity_id };
  return { ...ids, name, description, metadata, data, type: data.type, version, createdAt, updatedAt };
};

/** A provider as the documentation of dynamic providers shows it, stored with each resource as a closure. */
class SecretProvider implements pulumi.dynamic.ResourceProvider {
  private token: Promise<string> | undefined;

  check(_olds: unknown, news: DeclaredSecret): Promise<pulumi.dynamic.CheckResult> {
    const missing = { property: "entityId", reason: "entityId is required" };
    return Promise.resolve({ inputs: news, failures: news.entityId ? [] : [missing] });
  }

  diff(_id: string, olds: State, news: DeclaredSecret): Promise<pulumi.dynamic.DiffResult> {
    const differs = (key: keyof DeclaredSecret) => !isDeepStrictEqual(olds[key], news[key]);
    const replaces = REPLACED.filter(differs);
    return Promise.resolve({ changes: replaces.length > 0 || PATCHED.some(differs), replaces });
  }

  async create(inputs: DeclaredSecret): Promise<pulumi.dynamic.CreateResult> {
    const { zoneId, entityId: entity_id, name, description, metadata, data } = inputs;
    const body = { entity_id, name, description, metadata, data };
    const secret = await this.send("POST", pathOf(zoneId), body);
    return { id: secret.id, outs: stateOf(secret, inputs.data) };
  }

  async read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    try {
      const secret = await this.send("GET", pathOf(props.zoneId, id));
      const state = stateOf(secret, secret.data ?? props.data);
      const { zoneId, entityId, name, description, metadata, data } = state;
      return { id, props: state, inputs: { zoneId, entityId, name, description, metadata, data } };
    } catch (error) {
      if (isGone(error)) return { id: "", props: {} };
      throw error;
    }
  }

  async update(id: string, olds: State, news: DeclaredSecret): Promise<pulumi.dynamic.UpdateResult> {
    const changed = PATCHED.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
    const body = Object.fromEntries(changed.map((key) => [key, news[key]]));
    return { outs: stateOf(await this.send("PATCH", pathOf(news.zoneId, id), body), news.data) };
  }

  async delete(id: string, { zoneId }: State): Promise<void> {
    await this.send("DELETE", pathOf(zoneId, id)).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  private async send(method: string, url: string, data?: unknown): Promise<Answer> {
    const baseURL = process.env["KEYCARD_ENDPOINT"] ?? "";
    const headers = { Authorization: `Bearer ${await (this.token ??= this.fetchToken(baseURL))}` };
    return (await axios.request<Answer>({ method, baseURL, url, data, headers, timeout: 30_000 })).data;
  }

  private async fetchToken(baseURL: string): Promise<string> {
    const [username, password] = [process.env["KEYCARD_CLIENT_ID"], process.env["KEYCARD_CLIENT_SECRET"]];
    const auth = { username: username ?? "", password: password ?? "" };
    const body = new URLSearchParams({ grant_type: "client_credentials" });
    const url = `${baseURL}/service-account-token`;
    return (await axios.post<{ access_token: string }>(url, body, { auth })).data.access_token;
  }
}

const provider = new SecretProvider();

class Secret extends pulumi.dynamic.Resource {
  constructor(name: string, { data, ...args }: DeclaredSecret) {
    const outputs = { type: undefined, version: undefined, createdAt: undefined, updatedAt: undefined };
    const props = { ...outputs, ...args, data: pulumi.secret(data) };
    super(provider, name, props, { additionalSecretOutputs: ["data"] });
  }
}

for (const secret of askedFor()) new Secret(resourceName(secret), secret);
