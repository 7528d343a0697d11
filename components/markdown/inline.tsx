import type { Token, Tokens } from 'marked'
import type { ReactNode } from 'react'
import { Words } from '../ui/words.tsx'
import { decodeEntities } from './entities.ts'
import { FootnoteMark } from './footnotes/footnote-mark.tsx'
import type { NoteMarkToken } from './footnotes/footnote-tokens.ts'
import { RemoteImage } from './frames/remote-image.tsx'
import { Formula } from './math/formula.tsx'
import type { MathToken } from './math/math-tokens.ts'
import { safeHref } from './safe-href.ts'

/** Text with its marks. Raw HTML is shown as text; images are named, not fetched. */
export function Inline({ tokens }: { tokens: Token[] | undefined }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: inline tokens do not move
  return (tokens ?? []).map((token, index) => <InlineToken key={index} token={token} />)
}

function InlineToken({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : <Words text={decodeEntities((token as Tokens.Text).text)} />
    case 'escape':
      return (token as Tokens.Escape).text
    case 'strong':
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      )
    case 'del':
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      )
    case 'codespan':
      return (
        <code>
          <Words text={(token as Tokens.Codespan).text} />
        </code>
      )
    case 'math':
      return <Formula source={(token as MathToken).text} isDisplay={(token as MathToken).isDisplay} />
    case 'footnote-mark':
      return <FootnoteMark token={token as NoteMarkToken} />
    case 'checkbox':
      return null
    case 'br':
      return <br />
    case 'link':
      return <Link token={token as Tokens.Link} />
    case 'image':
      return <RemoteImage token={token as Tokens.Image} />
    default:
      return <Words text={token.raw} />
  }
}

function Link({ token }: { token: Tokens.Link }) {
  const href = safeHref(token.href)
  if (!href) return <Inline tokens={token.tokens} />
  return (
    <a
      href={href}
      title={token.title ? `${token.title}\n${href}` : href}
      data-host={isAddress(token.text, href) ? undefined : hostOf(href)}
      target="_blank"
      rel="noopener noreferrer nofollow"
    >
      <Inline tokens={token.tokens} />
    </a>
  )
}

/** Whether a text says where it leads: then that is not said again. */
function isAddress(text: string, href: string): boolean {
  return bare(text) === bare(href)
}

function bare(address: string): string {
  return address.replace(/^(https?:\/\/|mailto:)/, '').replace(/\/$/, '')
}

/** Of an address for mail, all of it. */
function hostOf(href: string): string {
  return new URL(href).host || href.replace('mailto:', '')
}
