/** Text of more than 2,000 characters or 30 lines: when it is pasted, it stands beside the field as a block. */
export function isLarge(text: string): boolean {
  return text.length > 2_000 || /(\n.*){30}/.test(text)
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
