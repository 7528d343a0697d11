import 'server-only'
import { outageOf } from '#lib/db/sql.ts'
import { toHttpError } from '#lib/protocol/index.ts'
import { escapeHtml } from './escape-html.ts'
import { errorResponse } from './route.ts'

const STYLE = `
:root { --paper: oklch(.987 .004 100); --ink: oklch(.25 .02 255); --soft: oklch(.46 .02 255); --line: oklch(.56 .105 222); --bad: oklch(.56 .19 25); color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --paper: oklch(.178 .012 255); --ink: oklch(.935 .006 100); --soft: oklch(.76 .014 255); --line: oklch(.75 .105 210); --bad: oklch(.68 .17 25) } }
body { display: grid; place-items: center; min-height: 100dvh; margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 Arial, system-ui, sans-serif }
main { position: relative; box-sizing: border-box; width: min(36rem, 100%); padding: 6px 16px 30px 40px }
main::before { content: ""; position: absolute; left: 20px; top: 11px; bottom: 5px; width: 2px; background: linear-gradient(color-mix(in oklch, var(--line) 40%, transparent) 0 calc(100% - 26px), transparent calc(100% - 26px) calc(100% - 16px), var(--bad) calc(100% - 16px)) }
h1 { margin: 0; font-size: 24px; line-height: 1.33 }
p { margin: 8px 0 0; color: var(--soft) }
a { display: inline-block; margin-top: 22px; padding: 6px 14px; border-radius: 8px; background: var(--ink); color: var(--paper); font-size: 14px; font-weight: 600; text-decoration: none }
a:focus-visible { outline: 2px solid var(--line); outline-offset: 2px }
@media (forced-colors: active) { main::before { background: CanvasText } a { border: 1px solid } }
`

/** A failure before any page can be drawn: for a person who came to read, as a page that needs nothing else; for programs as JSON. */
export function errorPage(request: Request, thrown: unknown): Response {
  const plain = errorResponse(thrown)
  if (!request.headers.get('accept')?.includes('text/html')) return plain
  const { message } = toHttpError(outageOf(thrown) ?? thrown).body.error
  const { pathname, search } = new URL(request.url)
  const isOurs = plain.status >= 500
  const nonce = crypto.randomUUID()
  const headers = new Headers(plain.headers)
  headers.set('Content-Type', 'text/html; charset=utf-8')
  headers.set('Content-Security-Policy', `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`)
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isOurs ? 'Not now' : 'Not here'} · Rill</title>
<style nonce="${nonce}">${STYLE}</style>
<main>
<h1>${isOurs ? 'Rill cannot show this now' : 'Rill does not show this'}</h1>
<p>${escapeHtml(message)}</p>
${isOurs ? '<p>What was said is kept, and so is what you were writing in this browser.</p>' : ''}
<a href="${escapeHtml(pathname + search)}">Try again</a>
</main>
</html>
`
  return new Response(html, { status: plain.status, headers })
}
