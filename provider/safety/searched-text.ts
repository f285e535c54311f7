const GRAM = 4;

/** A text in which many others are looked for. It rules out most of them without searching, by every four characters it has. */
export class SearchedText {
  private readonly grams = new Set<string>();

  constructor(readonly text: string) {
    for (let at = 0; at + GRAM <= text.length; at++) this.grams.add(text.slice(at, at + GRAM));
  }

  /** @param part - four characters or more; a shorter one is never found */
  includes(part: string): boolean {
    if (part.length < GRAM || part.length > this.text.length) return false;
    for (let at = 0; at + GRAM <= part.length; at += GRAM) {
      if (!this.grams.has(part.slice(at, at + GRAM))) return false;
    }
    return this.grams.has(part.slice(-GRAM)) && this.text.includes(part);
  }

  /** The text with every character replaced that belongs to one of some parts, those that overlap in one piece. */
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

/** True for a part of a text that no letter or digit of the text continues. */
function isWord(text: string, at: number, length: number): boolean {
  const joins = (left: string, right: string) => /^[\p{L}\p{N}]{2}$/u.test(left + right);
  const end = at + length;
  return !joins(text.charAt(at - 1), text.charAt(at)) && !joins(text.charAt(end - 1), text.charAt(end));
}
