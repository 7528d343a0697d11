import type { Token, Tokens } from 'marked'
import { Words } from '../ui/words.tsx'
import { CodeBlock } from './code/code-block.tsx'
import { Diagram } from './frames/diagram.tsx'
import { Heading } from './heading.tsx'
import { Inline } from './inline.tsx'
import { List } from './list.tsx'
import { Formula } from './math/formula.tsx'
import type { MathToken } from './math/math-tokens.ts'
import { Table } from './table.tsx'

interface BlockViewProps {
  token: Token
  /** Where it begins, if it stands by itself in the text. */
  start?: number
  /** Of a heading that does, its level. */
  level?: number | undefined
}

/** One block. Raw HTML is shown as the text that it is. */
export function BlockView({ token, start, level }: BlockViewProps) {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'footnote':
    case 'checkbox':
      return null
    case 'heading':
      return <Heading token={token as Tokens.Heading} start={start} level={level} />
    // What a list's item says is a paragraph, however its list lies.
    case 'text':
    case 'paragraph':
      return (
        <p>
          <Inline tokens={token.tokens ?? [token]} />
        </p>
      )
    case 'code':
      return <Code token={token as Tokens.Code} />
    case 'blockquote':
      return (
        <blockquote dir="auto">
          <Blocks tokens={token.tokens ?? []} />
        </blockquote>
      )
    case 'list':
      return <List token={token as Tokens.List} Blocks={Blocks} />
    case 'table':
      return <Table token={token as Tokens.Table} />
    case 'math':
      return (token as MathToken).isOpen ? (
        <pre className="formula-source">{token.raw}</pre>
      ) : (
        <Formula source={(token as MathToken).text} isDisplay />
      )
    case 'hr':
      return <hr />
    default:
      return (
        <p className="whitespace-pre-wrap">
          <Words text={token.raw} />
        </p>
      )
  }
}

/** Code, or what it draws. */
function Code({ token: { text, lang = '', isOpen } }: { token: Tokens.Code & { isOpen?: boolean } }) {
  return /^mermaid\b/i.test(lang) ? <Diagram source={text} isComplete={!isOpen} /> : <CodeBlock code={text} language={lang} />
}

export function Blocks({ tokens }: { tokens: Token[] }) {
  return keyed(tokens).map(({ key, token }) => <BlockView key={key} token={token} />)
}

/** Keys by place: siblings never move, the last one grows. */
function keyed<T extends { raw: string }>(tokens: T[]): { key: number; token: T }[] {
  let key = 0
  return tokens.map((token) => {
    const placed = { key, token }
    key += Math.max(1, token.raw.length)
    return placed
  })
}
