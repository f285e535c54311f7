import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { asSecret, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN_VALUE } from "../../pulumi-values";
import { SECRET_PROPERTIES } from "../../secret/state";

const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The engine's markers for an unknown value of each type: string, boolean, number, list, asset, archive and object. */
const UNKNOWNS = new Set([
  UNKNOWN_VALUE,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The parts of a value that are secret: all of it, or some properties of an object. */
export type Marks = true | { [key: string]: Marks };

/** Properties in the form of the core, and the parts that the request marked as secret. */
export interface Decoded<T> {
  props: T;
  marks: Marks & object;
}

/** Converts the properties of a request: unwraps secrets and outputs, and replaces every unknown value by one marker. */
export function decode<T = Record<string, unknown>>(struct: Struct | undefined): Decoded<T> {
  const { value, marks } = decodeValue(struct?.toJavaScript() ?? {});
  return { props: value as T, marks: typeof marks === "object" ? marks : {} };
}

/** Converts the properties of a result. @param marks - the parts to mark as secret */
export function encode(props: object, ...marks: Marks[]): Struct {
  const always = Object.fromEntries(SECRET_PROPERTIES.map((name) => [name, true as const]));
  const all = [...marks, always].reduce<Marks>(merge, {});
  const encoded = marked(JSON.parse(JSON.stringify(props)), all);
  return Struct.fromJavaScript(encoded as Parameters<typeof Struct.fromJavaScript>[0]);
}

export function encodeSecret(props: object): Struct {
  return encode(props, Object.fromEntries(Object.keys(props).map((key) => [key, true as const])));
}

/**
 * All strings that the request marked as secret, except in `data`: that also contains the names of sources, and the core
 * hides its values.
 */
export function hiddenTexts({ props, marks }: Decoded<Record<string, unknown>>): string[] {
  const others = Object.entries(marks).filter(([name]) => name !== "data");
  return others.flatMap(([name, mark]) => secretTexts(props[name], mark));
}

function secretTexts(value: unknown, marks: Marks | undefined): string[] {
  if (marks === undefined) return [];
  if (typeof value === "string") return marks === true ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    secretTexts(child, marks === true ? true : marks[key]),
  );
}

interface DecodedValue {
  value: unknown;
  marks?: Marks;
}

function decodeValue(wire: unknown): DecodedValue {
  if (typeof wire === "string") return { value: UNKNOWNS.has(wire) ? UNKNOWN_VALUE : wire };
  if (typeof wire !== "object" || wire === null) return { value: wire };
  if (Array.isArray(wire)) {
    const all = wire.map(decodeValue);
    // An element may change its index, so one secret element makes the whole list secret.
    const secret = all.some(({ marks }) => marks !== undefined);
    return { value: all.map(({ value }) => value), ...(secret && { marks: true }) };
  }
  const { [SIGNATURE_KEY]: signature, value, secret } = wire as Record<string, unknown>;
  if (signature === SECRET_SIGNATURE) return { value: decodeValue(value).value, marks: true };
  if (signature === OUTPUT_SIGNATURE) {
    const inner = value === undefined ? { value: UNKNOWN_VALUE } : decodeValue(value);
    return secret === true ? { ...inner, marks: true } : inner;
  }
  const all = Object.entries(wire).map(([key, child]) => [key, decodeValue(child)] as const);
  const marks = all.flatMap(([key, child]) =>
    child.marks === undefined ? [] : [[key, child.marks] as const],
  );
  return {
    value: Object.fromEntries(all.map(([key, child]) => [key, child.value])),
    ...(marks.length > 0 && { marks: Object.fromEntries(marks) }),
  };
}

function merge(one: Marks, other: Marks): Marks {
  if (one === true || other === true) return true;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(one[key] ?? {}, other[key] ?? {})]));
}

function marked(value: unknown, marks: Marks | undefined): unknown {
  if (marks === true) return asSecret(value);
  if (marks === undefined || typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, marked(child, marks[key])]));
}
