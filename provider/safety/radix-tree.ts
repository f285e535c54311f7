/** A node of the tree. The path to it from the root, and its label, are the beginning of at least one text. */
interface Node {
  label: string;
  /** True if a text ends here. */
  isEnd: boolean;
  next: Map<number, Node> | undefined;
}

/**
 * Texts that are searched for together, in a time that depends on the searched text, not on how many there are. A radix tree:
 * texts share nodes as far as they begin alike, so that each needs at most two, however long it is, and more can be added at
 * any time. The automaton of Aho and Corasick would need a node per character, and new links whenever a text is added.
 */
export class RadixTree {
  private readonly root: Node = { label: "", isEnd: false, next: undefined };

  /** @param text - at least one character */
  add(text: string): void {
    let node = this.root;
    for (let at = 0; at < text.length;) {
      const next = (node.next ??= new Map<number, Node>());
      const code = text.charCodeAt(at);
      let child = next.get(code);
      if (!child) {
        child = { label: text.slice(at), isEnd: false, next: undefined };
        next.set(code, child);
      }
      const { label } = child;
      const shared = sharedLength(label, text, at);
      if (shared < label.length) {
        const lower = { ...child, label: label.slice(shared) };
        child.label = label.slice(0, shared);
        child.isEnd = false;
        child.next = new Map([[label.charCodeAt(shared), lower]]);
      }
      node = child;
      at += shared;
    }
    node.isEnd = true;
  }

  /**
   * Returns where the longest text ends that begins at a place of another text; -1 if none does.
   *
   * @param counts - returns false for a place that is not meant
   */
  endAt(searched: string, at: number, counts: (end: number) => boolean): number {
    let found = -1;
    let end = at;
    for (let node = this.root.next?.get(searched.charCodeAt(at)); node;) {
      if (!searched.startsWith(node.label, end)) break;
      end += node.label.length;
      if (node.isEnd && counts(end)) found = end;
      node = node.next?.get(searched.charCodeAt(end));
    }
    return found;
  }

  /** True if another text contains one that has at least so many characters. */
  isWithin(searched: string, shortest: number): boolean {
    for (let at = 0; at + shortest <= searched.length; at++) {
      if (this.endAt(searched, at, (end) => end - at >= shortest) >= 0) return true;
    }
    return false;
  }
}

/** How many characters of a label a text has from a place on. */
function sharedLength(label: string, text: string, at: number): number {
  let length = 0;
  while (length < label.length && label.charCodeAt(length) === text.charCodeAt(at + length)) length++;
  return length;
}
