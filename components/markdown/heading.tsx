import type { Tokens } from 'marked'
import { use } from 'react'
import { AnchorScope, anchorOf } from './anchor-scope.ts'
import { Inline } from './inline.tsx'
import { plainText } from './plain-text.ts'

const TAGS = ['h2', 'h3', 'h4', 'h5', 'h6', 'h6'] as const

interface HeadingProps {
  token: Tokens.Heading
  start: number | undefined
  level: number | undefined
}

/** A model's headings stand below the page's own. One that stands by itself in the text can be linked to. */
export function Heading({ token, start, level = token.depth }: HeadingProps) {
  const scope = use(AnchorScope)
  const Tag = TAGS[level - 1] ?? 'h6'
  const text = plainText(token.tokens)
  const id = scope !== null && start !== undefined && text ? anchorOf(text, scope, start) : undefined
  return (
    <Tag data-depth={token.depth} id={id}>
      <Inline tokens={token.tokens} />
      {id && (
        <a className="heading-link" href={`#${id}`} aria-label={`Link to “${text}”`}>
          #
        </a>
      )}
    </Tag>
  )
}
