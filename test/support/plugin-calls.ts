import type { dynamic } from "@pulumi/pulumi";
import {
  CheckRequest,
  CreateRequest,
  DiffRequest,
  DiffResponse,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { PluginConfig } from "../../provider/engine/plugin/config";
import { decode, encode } from "../../provider/engine/plugin/properties";
import { ResourceCalls } from "../../provider/engine/plugin/resource-calls";
import type { SecretInputs } from "../../provider/secret/fields";
import { SecretProvider } from "../../provider/secret/provider";
import type { SecretState } from "../../provider/secret/state";

/** The operations on a secret that both kinds of resources have, as the property tests call them. */
export type Calls = Required<Pick<dynamic.ResourceProvider, "check" | "diff" | "create" | "update" | "read">>;

/** The plugin's calls: each passes through the protocol's messages and their bytes. */
export function pluginCalls(settings: Record<string, string>): Calls {
  const variables = Object.entries(settings).map(
    ([key, value]) => [`keycard-secrets:config:${key}`, value] as const,
  );
  const config = new PluginConfig(new Map(variables));
  const core = new SecretProvider();
  core.configure(config);
  const calls = new ResourceCalls(core, () => config);
  const urn = "urn:pulumi:test::test::keycard-secrets:index:Secret::a";
  return {
    async check(olds, news) {
      const request = new CheckRequest()
        .setUrn(urn)
        .setName("a")
        .setOlds(encode(olds as object))
        .setNews(encode(news as object));
      const answer = await calls.check(CheckRequest.deserializeBinary(request.serializeBinary()));
      return { inputs: decode<SecretInputs>(answer.getInputs()).props, failures: [] };
    },
    async diff(id, olds, news) {
      const request = new DiffRequest()
        .setId(id)
        .setUrn(urn)
        .setOlds(encode(olds as object))
        .setNews(encode(news as object));
      const answer = await calls.diff(DiffRequest.deserializeBinary(request.serializeBinary()));
      return { changes: answer.getChanges() !== DiffResponse.DiffChanges.DIFF_NONE };
    },
    async create(inputs) {
      const request = new CreateRequest().setUrn(urn).setProperties(encode(inputs as object));
      const answer = await calls.create(CreateRequest.deserializeBinary(request.serializeBinary()));
      return { id: answer.getId(), outs: decode<SecretState>(answer.getProperties()).props };
    },
    async update(id, olds, news) {
      const request = new UpdateRequest()
        .setId(id)
        .setUrn(urn)
        .setOlds(encode(olds as object))
        .setNews(encode(news as object));
      const answer = await calls.update(UpdateRequest.deserializeBinary(request.serializeBinary()));
      return { outs: decode<SecretState>(answer.getProperties()).props };
    },
    async read(id, props) {
      const state = encode(props as object);
      const request = new ReadRequest().setId(id).setUrn(urn).setProperties(state).setInputs(state);
      const answer = await calls.read(ReadRequest.deserializeBinary(request.serializeBinary()));
      return {
        id: answer.getId(),
        props: decode<SecretState>(answer.getProperties()).props,
        ...(answer.hasInputs() && { inputs: decode<SecretInputs>(answer.getInputs()).props }),
      };
    },
  };
}
