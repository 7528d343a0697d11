import type { Token, Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
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

/** An image within it is named there and stands after it: what shows it is a button, and a press of that must not lead away. */
function Link({ token }: { token: Tokens.Link }) {
  const href = safeHref(token.href)
  if (!href) return <Inline tokens={token.tokens} />
  const { named, images } = withoutImages(token.tokens)
  return (
    <>
      <a
        href={href}
        title={token.title ? `${token.title}\n${href}` : href}
        data-host={isAddress(token.text, href) ? undefined : hostOf(href)}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        <Inline tokens={named} />
      </a>
      {images.map((image, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: inline tokens do not move
        <Fragment key={index}>
          {' '}
          <RemoteImage token={image} />
        </Fragment>
      ))}
    </>
  )
}

/** Tokens with the names of the images that stand in them, and those images. */
function withoutImages(tokens: readonly Token[]): { named: Token[]; images: Tokens.Image[] } {
  const images: Tokens.Image[] = []
  const named = tokens.map((token): Token => {
    if (token.type === 'image') {
      images.push(token as Tokens.Image)
      return { type: 'escape', raw: token.raw, text: token.text || 'Image' }
    }
    if (!('tokens' in token) || !token.tokens) return token
    const within = withoutImages(token.tokens)
    images.push(...within.images)
    return within.images.length === 0 ? token : { ...token, tokens: within.named }
  })
  return { named, images }
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
