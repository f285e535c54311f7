import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves JSON at paths on this machine; all else is not found. */
export async function serve(answers: Record<string, unknown>): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const answer = answers[`${request.method} ${path}`];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify(answer ?? { kind: "Status", status: "Failure", reason: "NotFound", code: 404 }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}

/** What a cluster answers about one secret. */
export function cluster(name: string, data: Record<string, string>): Record<string, unknown> {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return {
    "GET /api": { kind: "APIVersions", versions: ["v1"] },
    "GET /apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
    "GET /api/v1": {
      kind: "APIResourceList",
      groupVersion: "v1",
      resources: [
        { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret", verbs: ["get", "list"] },
      ],
    },
    [`GET /api/v1/namespaces/default/secrets/${name}`]: {
      kind: "Secret",
      apiVersion: "v1",
      metadata: { name, namespace: "default" },
      data: Object.fromEntries(encoded) as Record<string, string>,
      type: "Opaque",
    },
  };
}

/** What Pulumi Cloud answers about one environment of Pulumi ESC, which is open. */
export function environments(path: string, properties: Record<string, unknown>): Record<string, unknown> {
  const values = Object.entries(properties).map(([name, value]) => [
    name,
    { value, secret: true, trace: {} },
  ]);
  return {
    "GET /api/user": { githubLogin: "infra", name: "infra", organizations: [], identities: [] },
    "GET /api/user/organizations/default": { GitHubLogin: "infra" },
    "GET /api/capabilities": { capabilities: [] },
    [`POST /api/esc/environments/${path}/open`]: { id: "open-1" },
    [`GET /api/esc/environments/${path}/open/open-1`]: {
      properties: Object.fromEntries(values) as Record<string, unknown>,
    },
  };
}
