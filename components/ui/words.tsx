/** In characters. Browsers take time with the square of a word's length to lay it out when they must kern it. */
const LONG = 2_000

function hasLongWord(text: string): boolean {
  return text.length > LONG && text.split(/\s/).some((word) => word.length > LONG)
}

/** Text from a person or a model: with a very long word in it, it is drawn without kerning, in a tenth of the time. */
export function Words({ text }: { text: string }) {
  return hasLongWord(text) ? <span className="unkerned">{text}</span> : text
}
