'use client'
import { JsonTree } from '../../json/json-tree.tsx'
import { LongText } from '../../json/long-text.tsx'
import { ReferenceLink } from '../reference-link.tsx'
import { kindOf, type McpItem, ownAddress } from './mcp-result.ts'

/** A piece of what an MCP server's tool gave back. Only files of this app are loaded; other addresses are shown as links. */
export function McpContent({ item }: { item: McpItem }) {
  switch (item.type) {
    case 'text':
      return <LongText text={item.text} />
    case 'image':
    case 'audio':
    case 'file':
      return <Media item={item} />
    case 'resource':
      return (
        <div>
          <ReferenceLink url={item.uri} label={item.name ?? item.uri} kind="Resource" />
          {item.text !== undefined && <LongText text={item.text} />}
        </div>
      )
    case 'other':
      return <JsonTree value={item.value} />
    default:
      return item satisfies never
  }
}

const KINDS = { image: 'Image', audio: 'Sound', file: 'File' } as const

function Media({ item }: { item: Extract<McpItem, { type: 'image' | 'audio' | 'file' }> }) {
  // Details are drawn in the browser only: they begin closed.
  const address = ownAddress(item.url, location.origin)
  const kind = kindOf(item)
  // What says of itself where it is, and is not here, is not fetched: it would tell who looks at it.
  if (address === null) return <ReferenceLink url={item.url} label={item.url.slice(0, 200)} kind={KINDS[kind]} />
  if (kind === 'audio') {
    // biome-ignore lint/a11y/useMediaCaption: there is none to be had
    return <audio className="w-full" src={address} controls preload="none" aria-label="Sound from the tool" />
  }
  if (kind === 'file') {
    return (
      <p className="text-list text-soft">
        File:{' '}
        <a className="underline" href={address} download>
          {item.uri ?? item.mediaType ?? 'Download'}
        </a>
      </p>
    )
  }
  // biome-ignore lint/performance/noImgElement: a session's file is no picture of the page's, to be kept in sizes for all
  return <img className="tool-image" src={address} alt="From the tool" loading="lazy" decoding="async" />
}
