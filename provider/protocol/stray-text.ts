const OUTPUT = /Calling \[to(?:String|JSON)\] on an \[Output<T>\]/;
const OBJECT = /\[object [A-Z]\w*\]/;

/** What is wrong with a text that JavaScript or Pulumi made of something else, to follow the path; undefined if nothing is. */
export function strayText(text: string): string | undefined {
  if (OUTPUT.test(text)) {
    return "holds the warning that Pulumi makes of an output in a text: write pulumi.interpolate`…` in place of `…`";
  }
  const [object] = OBJECT.exec(text) ?? [];
  if (object === undefined) return undefined;
  return (
    `holds "${object}", which JavaScript makes of an object or a promise in a text: name the property that you mean, ` +
    "and build texts of outputs with pulumi.interpolate`…`"
  );
}
