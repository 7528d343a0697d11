import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import tailwind from '@tailwindcss/postcss'
import postcss from 'postcss'
import { build } from 'rolldown'

export const PAGES = ['rill', 'streamdown', 'react-markdown'] as const
export type PageName = (typeof PAGES)[number]

const ROOT = join(import.meta.dirname, '..', '..')
const TYPES: Record<string, string> = { js: 'text/javascript', ts: 'text/javascript', css: 'text/css', html: 'text/html; charset=utf-8' }

/** Bundles each page for production and serves them on a port of this machine. */
export async function servePages(): Promise<{ url: string; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-bench-render-'))
  for (const name of PAGES) {
    await build({
      input: join(import.meta.dirname, `${name}.tsx`),
      platform: 'browser',
      // The style sheet is compiled apart.
      moduleTypes: { '.css': 'empty' },
      transform: { define: { 'process.env.NODE_ENV': '"production"' }, jsx: { runtime: 'automatic' } },
      output: { dir: join(folder, name), entryFileNames: 'page.js', chunkFileNames: '[hash].js', minify: true },
      logLevel: 'silent',
    })
  }
  // Where the page's own bundle asks for it.
  await build({
    input: join(ROOT, 'components', 'markdown', 'code', 'highlight.worker.ts'),
    platform: 'browser',
    output: { dir: join(folder, 'rill'), entryFileNames: 'highlight.worker.ts', chunkFileNames: '[hash].js', minify: true },
    logLevel: 'silent',
  })
  const source = join(ROOT, 'app', 'globals.css')
  const { css } = await postcss([tailwind({ base: ROOT })]).process(readFileSync(source, 'utf8'), { from: source })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const body = path.endsWith('.css') ? css : /\.(js|ts)$/.test(path) ? readFileSync(join(folder, path)) : html(path.split('/')[1] ?? '')
    response.setHeader('content-type', TYPES[extname(path).slice(1) || 'html'] ?? 'text/plain')
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** All pages have the same style sheet and the same room. */
function html(name: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${name}</title><link rel="stylesheet" href="/page.css"><link rel="icon" href="data:,">
<div id="scroller" style="height:100vh;overflow-y:auto"><div id="root" style="max-width:744px;margin:auto"></div></div>
<script type="module" src="/${name}/page.js"></script>`
}
