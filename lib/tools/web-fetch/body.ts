import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { FetchError } from './fetch-error.ts'

const DECODERS: Record<string, () => NodeJS.ReadWriteStream & AsyncIterable<Buffer>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

export interface Bytes {
  bytes: Buffer
  /** There was more. */
  isCut: boolean
}

/** The first bytes of a body, decompressed: of a small one that would become huge no more than asked for is ever made. */
export async function readBody(body: Readable, encoding: string, limit: number): Promise<Bytes> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of decompressed(body, encoding.trim().toLowerCase())) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop ends the stream, and with it the connection.
    if (size > limit) return { bytes: Buffer.concat(chunks).subarray(0, limit), isCut: true }
  }
  return { bytes: Buffer.concat(chunks), isCut: false }
}

function decompressed(body: Readable, encoding: string): AsyncIterable<Buffer> {
  if (encoding === '' || encoding === 'identity') return body
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
  if (!create) throw new FetchError(`The page is compressed in a way that is not understood ("${encoding.slice(0, 40)}").`)
  const decoder = create()
  // The reader of the decoder meets what goes wrong.
  pipeline(body, decoder, () => {})
  return decoder
}

/** Text of bytes: by the mark at their beginning, the charset that was sent, or the one that the page names; else UTF-8. */
export function decode(bytes: Buffer, charset: string | undefined, isMarkup: boolean): string {
  const label = markOf(bytes) ?? charset ?? (isMarkup ? namedIn(bytes) : undefined) ?? 'utf-8'
  return decoderFor(label).decode(bytes)
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    // A charset that nobody knows: most pages are UTF-8.
    return new TextDecoder()
  }
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
}

/** As in `<meta charset="…">`, `<meta content="text/html; charset=…">` and `<?xml encoding="…"?>`. */
function namedIn(bytes: Buffer): string | undefined {
  return /<(?:meta|\?xml)\b[^<>]{0,200}?\b(?:charset|encoding)\s{0,3}=\s{0,3}["']?\s{0,3}([\w-]{1,40})/i.exec(
    bytes.subarray(0, 2_048).toString('latin1'),
  )?.[1]
}
