import 'server-only'

/**
 * A page that is shown in a sandboxed frame, in an origin of its own: it can reach nothing of the app, and loads only what `sources`
 * allows. Of `script` it says what it has to say to the page around it.
 */
export function frameResponse({ style, body, script, sources = '', library }: FramePage): Response {
  const nonce = crypto.randomUUID()
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    sources,
    'sandbox allow-scripts',
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ]
  const loaded = library ? `<script nonce="${nonce}" src="${library}"></script>` : ''
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rill</title><style nonce="${nonce}">:root{color-scheme:light dark}${style}</style><body>${body}${loaded}<script nonce="${nonce}">${script}</script></body></html>`
  return new Response(html, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.filter(Boolean).join('; ').replaceAll("'nonce'", `'nonce-${nonce}'`),
      'Cache-Control': 'no-store',
    },
  })
}

interface FramePage {
  style: string
  body: string
  script: string
  /** Further directives of its policy; 'nonce' in them stands for its own. */
  sources?: string
  /** A script of the app that it needs. */
  library?: string
}
