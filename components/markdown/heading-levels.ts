import type { Tokens } from 'marked'
import type { Block } from './lex.ts'

/** Levels for the headings, in place: whoever goes through them misses none, whatever depth a model begins with. */
export function giveLevels(blocks: Block[]): void {
  let last = 0
  for (const [index, block] of blocks.entries()) {
    if (block.token.type !== 'heading') continue
    const level = Math.min((block.token as Tokens.Heading).depth, last + 1)
    if (block.level !== level) blocks[index] = { ...block, level }
    last = level
  }
}
