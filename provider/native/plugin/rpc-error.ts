import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { redact } from "../../safety/redact";
import { encode, type Marks } from "./properties";

/** What the core attaches to an error that leaves something behind. */
interface Recorded {
  id: string;
  properties: object;
  reasons: string[];
}

/** A shorter text would be found by chance in honest words. */
const SHORTEST_HIDDEN = 8;

/**
 * Turns an error of the core into one that gRPC sends; an error that leaves something behind takes it along.
 *
 * @param marks - what of the state is secret
 * @param secrets - texts that came in as secrets, which the message must not show
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
