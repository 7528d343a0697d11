import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { otherMethods } from '#lib/http/index.ts'

export const dynamic = 'force-dynamic'

/** The library that draws diagrams. Frames in an origin of their own may load it: it is no secret. */
export async function GET(): Promise<Response> {
  const script = await readFile(join(process.cwd(), 'node_modules', 'mermaid', 'dist', 'mermaid.min.js'))
  return new Response(script, {
    headers: {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Cache-Control': 'public, max-age=86400',
    },
  })
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
