import { isDeepStrictEqual } from "util";
import * as pulumi from "@pulumi/pulumi";
import axios, { type AxiosInstance } from "axios";
import { askedFor, resourceName, type DeclaredSecret } from "./declared";

/** An answer of Keycard. Only a single read has `data`. */
interface Answer {
  id: string;
  zone_id: string;
  entity_id: string;
  name: string;
  description?: string;
  metadata?: DeclaredSecret["metadata"];
  data?: DeclaredSecret["data"];
  version: number;
  created_at: string;
  updated_at: string;
}

interface State extends DeclaredSecret {
  type: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** The five calls, with one token for the whole process. */
class KeycardApi {
  private readonly http: AxiosInstance;
  private token: Promise<string> | undefined;
  private expiresAt: number;

  constructor() {
    // The stored closure contains the constructor, but not the initial values of fields.
    this.expiresAt = 0;
    this.http = axios.create({ baseURL: process.env["KEYCARD_ENDPOINT"] ?? "", timeout: 30_000 });
  }

  async send(method: string, path: string, data?: unknown): Promise<Answer> {
    const headers = { Authorization: `Bearer ${await this.accessToken()}` };
    const response = await this.http.request<Answer>({ method, url: path, data, headers });
    return response.data;
  }

  private accessToken(): Promise<string> {
    if (this.token === undefined || Date.now() > this.expiresAt) {
      this.expiresAt = Infinity;
      this.token = this.fetchToken().catch((error: unknown) => {
        this.token = undefined;
        throw error;
      });
    }
    return this.token;
  }

  private async fetchToken(): Promise<string> {
    const { data } = await this.http.post<{ access_token: string; expires_in: number }>(
      "/service-account-token",
      new URLSearchParams({ grant_type: "client_credentials" }),
      {
        auth: {
          username: process.env["KEYCARD_CLIENT_ID"] ?? "",
          password: process.env["KEYCARD_CLIENT_SECRET"] ?? "",
        },
      },
    );
    this.expiresAt = Date.now() + (data.expires_in - 60) * 1000;
    return data.access_token;
  }
}

const PATCHED = ["name", "description", "metadata", "data"] as const;
const REPLACED = ["zoneId", "entityId"] as const;

const pathOf = (zoneId: string, id?: string) =>
  `/zones/${encodeURIComponent(zoneId)}/secrets${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;

const isGone = (error: unknown) => axios.isAxiosError(error) && error.response?.status === 404;

/** A provider as the documentation of dynamic providers shows it, stored with each resource as a closure. */
class SecretProvider implements pulumi.dynamic.ResourceProvider {
  private api: KeycardApi | undefined;

  check(_olds: unknown, news: DeclaredSecret): Promise<pulumi.dynamic.CheckResult> {
    const failures: pulumi.dynamic.CheckFailure[] = [];
    if (!news.entityId) failures.push({ property: "entityId", reason: "entityId is required" });
    if ((news.description?.length ?? 0) > 128) {
      failures.push({ property: "description", reason: "description is longer than 128 characters" });
    }
    return Promise.resolve({ inputs: news, failures });
  }

  diff(_id: string, olds: State, news: DeclaredSecret): Promise<pulumi.dynamic.DiffResult> {
    const differs = (key: keyof DeclaredSecret) => !isDeepStrictEqual(olds[key], news[key]);
    const replaces = REPLACED.filter(differs);
    return Promise.resolve({ changes: replaces.length > 0 || PATCHED.some(differs), replaces });
  }

  async create(inputs: DeclaredSecret): Promise<pulumi.dynamic.CreateResult> {
    const { zoneId, entityId, name, description, metadata, data } = inputs;
    const body = { entity_id: entityId, name, description, metadata, data };
    const secret = await this.client().send("POST", pathOf(zoneId), body);
    return { id: secret.id, outs: this.stateOf(secret, data) };
  }

  async read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    try {
      const secret = await this.client().send("GET", pathOf(props.zoneId, id));
      const state = this.stateOf(secret, secret.data ?? props.data);
      const { zoneId, entityId, name, description, metadata, data } = state;
      return { id, props: state, inputs: { zoneId, entityId, name, description, metadata, data } };
    } catch (error) {
      if (isGone(error)) return { id: "", props: {} };
      throw error;
    }
  }

  async update(id: string, olds: State, news: DeclaredSecret): Promise<pulumi.dynamic.UpdateResult> {
    const body: Record<string, unknown> = {};
    for (const key of PATCHED) if (!isDeepStrictEqual(olds[key], news[key])) body[key] = news[key];
    const secret = await this.client().send("PATCH", pathOf(news.zoneId, id), body);
    return { outs: this.stateOf(secret, news.data) };
  }

  async delete(id: string, { zoneId }: State): Promise<void> {
    try {
      await this.client().send("DELETE", pathOf(zoneId, id));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  private client(): KeycardApi {
    return (this.api ??= new KeycardApi());
  }

  private stateOf(secret: Answer, data: DeclaredSecret["data"]): State {
    return {
      zoneId: secret.zone_id,
      entityId: secret.entity_id,
      name: secret.name,
      description: secret.description ?? "",
      metadata: secret.metadata ?? {},
      data,
      type: data.type,
      version: secret.version,
      createdAt: secret.created_at,
      updatedAt: secret.updated_at,
    };
  }
}

const provider = new SecretProvider();

class Secret extends pulumi.dynamic.Resource {
  constructor(name: string, { data, ...args }: DeclaredSecret) {
    const outputs = { type: undefined, version: undefined, createdAt: undefined, updatedAt: undefined };
    super(
      provider,
      name,
      { ...outputs, ...args, data: pulumi.secret(data) },
      { additionalSecretOutputs: ["data"] },
    );
  }
}

for (const secret of askedFor()) new Secret(resourceName(secret), secret);
