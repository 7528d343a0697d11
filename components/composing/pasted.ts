/** Text that is pasted and longer than this, in characters or lines, stands beside the field as a block. */
const MOST_CHARACTERS = 2_000
const MOST_LINES = 30

export function isLarge(text: string): boolean {
  return text.length > MOST_CHARACTERS || text.split('\n', MOST_LINES + 1).length > MOST_LINES
}

/** A block as it is sent, after what was typed: no run of backticks in it is as long as its fence. */
export function blockOf(text: string): string {
  let fence = '```'
  for (const [run] of text.matchAll(/`+/g)) if (run.length >= fence.length) fence = `${run}\``
  return `\n\n${fence}\n${text.replace(/\r\n?/g, '\n')}\n${fence}`
}

/** What is sent of what was typed, and of the blocks as `blockOf` made them. */
export function joinedWith(blocks: string, typed: string): string {
  return typed.trim() === '' ? blocks.slice(2) : typed + blocks
}
