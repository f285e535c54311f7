const OUTPUT = /Calling \[to(?:String|JSON)\] on an \[Output<T>\]/;
const OBJECT = /\[object [A-Z]\w*\]/;

/** Describes a string that JavaScript or Pulumi made from another value by mistake, to follow the path; undefined if it is fine. */
export function strayText(text: string): string | undefined {
  if (OUTPUT.test(text)) {
    return "contains an output in a string, which Pulumi replaced by a warning: write pulumi.interpolate`…` instead of `…`";
  }
  const [object] = OBJECT.exec(text) ?? [];
  if (object === undefined) return undefined;
  return (
    `contains "${object}", which JavaScript makes from an object or a promise in a string: name the property that you mean, ` +
    "and build strings from outputs with pulumi.interpolate`…`"
  );
}
