const GRAM = 4;

/** A text that is searched for many others. An index of its four-character sequences rules out most of them quickly. */
export class SearchedText {
  private readonly grams = new Set<string>();

  constructor(readonly text: string) {
    for (let at = 0; at + GRAM <= text.length; at++) this.grams.add(text.slice(at, at + GRAM));
  }

  /** @param part - at least four characters. A shorter text is never found */
  includes(part: string): boolean {
    if (part.length < GRAM || part.length > this.text.length) return false;
    for (let at = 0; at + GRAM <= part.length; at += GRAM) {
      if (!this.grams.has(part.slice(at, at + GRAM))) return false;
    }
    return this.grams.has(part.slice(-GRAM)) && this.text.includes(part);
  }

  /** Returns the text with all occurrences of the parts replaced, overlapping ones as one. Words are replaced only as a whole. */
  without(parts: readonly string[], words: readonly string[], replacement: string): string {
    const taken = new Uint8Array(this.text.length);
    for (const part of parts.filter((each) => this.includes(each))) this.take(part, taken, () => true);
    for (const word of words) this.take(word, taken, (at) => isWord(this.text, at, word.length));
    let result = "";
    for (let at = 0; at < this.text.length; at++) {
      if (!taken[at]) result += this.text.charAt(at);
      else if (!taken[at - 1]) result += replacement;
    }
    return result;
  }

  private take(part: string, taken: Uint8Array, counts: (at: number) => boolean): void {
    let end = 0;
    for (let at = this.text.indexOf(part); at >= 0; at = this.text.indexOf(part, at + 1)) {
      if (!counts(at)) continue;
      taken.fill(1, Math.max(at, end), at + part.length);
      end = at + part.length;
    }
  }
}

/** True for a part of a text that has no letter or digit directly before or after it. */
function isWord(text: string, at: number, length: number): boolean {
  const joins = (left: string, right: string) => /^[\p{L}\p{N}]{2}$/u.test(left + right);
  const end = at + length;
  return !joins(text.charAt(at - 1), text.charAt(at)) && !joins(text.charAt(end - 1), text.charAt(end));
}
