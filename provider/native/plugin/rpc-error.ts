import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { redact } from "../../safety/redact";
import { encode, type Marks } from "./properties";

/** What the core attaches to an error if the engine must record a state. */
interface Recorded {
  id: string;
  properties: object;
  reasons: string[];
}

/** Shorter texts would occur in messages by chance. */
const SHORTEST_HIDDEN = 8;

/**
 * Converts an error of the core into one of gRPC, together with the state that the engine must record, if any.
 *
 * @param marks - the parts of the state that are secret
 * @param secrets - strings that the request marked as secret, which the message must not show
 */
export function toRpcError(
  error: unknown,
  marks: Marks = {},
  secrets: readonly string[] = [],
): Partial<ServiceError> {
  const hidden = secrets.filter((text) => text.length >= SHORTEST_HIDDEN);
  const message = redact((error as Error).message, hidden);
  const { id, properties, reasons } = error as Partial<Recorded>;
  const answer = { code: status.UNKNOWN, details: message };
  if (id === undefined || properties === undefined) return answer;
  const failed = new ErrorResourceInitFailed()
    .setId(id)
    .setProperties(encode(properties, marks))
    .setReasonsList((reasons ?? []).map((reason) => redact(reason, hidden)));
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const details = new Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([packed]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  return { ...answer, metadata };
}
