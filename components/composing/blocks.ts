const BLOCK = /\n\n(`{3,})\n([\s\S]*?)\n\1(?!`)/g

/** The texts of blocks that `blockOf` made, in order. */
export function textsOf(blocks: string): string[] {
  return [...blocks.matchAll(BLOCK)].map(([, , text = '']) => text)
}

/** The blocks without one of them. */
export function without(blocks: string, index: number): string {
  return [...blocks.matchAll(BLOCK)]
    .filter((_, at) => at !== index)
    .map(([block]) => block)
    .join('')
}

/** "312 lines · 14 kB". */
export function sizeOf(text: string): string {
  const lines = text.split('\n').length
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'} · ${kilobytes(new TextEncoder().encode(text).length)}`
}

function kilobytes(bytes: number): string {
  if (bytes >= 1_024) return `${Math.round(bytes / 1_024).toLocaleString('en')} kB`
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}
