import 'server-only'
import type { StoredFile } from '#lib/agent/index.ts'

/** What a browser shows or plays without carrying anything out. Of all else it is given the bytes, to be saved. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/(mpeg|ogg|wav|webm|mp4|aac|flac))$/

/** A file that a tool gave: it came from anywhere, and nothing in it may act in the app's name. */
export function fileResponse({ data, mediaType, name = 'file' }: Pick<StoredFile, 'data' | 'mediaType' | 'name'>): Response {
  const type = mediaType.toLowerCase()
  const isShown = SHOWN.test(type)
  const disposition = `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name.slice(0, 200).toWellFormed()).replace(/['()*]/g, '_')}`
  return new Response(Buffer.from(data), {
    headers: {
      'Content-Type': isShown ? type : 'application/octet-stream',
      'Content-Disposition': disposition,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'private, max-age=31536000, immutable',
    },
  })
}
