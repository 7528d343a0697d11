import { frameResponse, otherMethods } from '#lib/http/index.ts'

export const dynamic = 'force-dynamic'

const STYLE =
  'html,body{height:100%;margin:0}body{display:grid;place-items:center}svg{max-width:100%!important;max-height:100vh;height:auto;forced-color-adjust:none}'

/** Draws what it is sent, once; what the library makes of a model's text stays in here. */
const SCRIPT = `
addEventListener('message', async ({ data, source }) => {
  if (source !== parent || typeof data?.source !== 'string') return
  // Forced colours make what is behind it light or dark, whatever the page is.
  const isDark = matchMedia('(forced-colors: active)').matches ? matchMedia('(prefers-color-scheme: dark)').matches : data.isDark
  try {
    mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme: isDark ? 'dark' : 'neutral', fontFamily: 'system-ui, sans-serif', maxTextSize: 50000 })
    const { svg } = await mermaid.render('diagram', data.source)
    const shown = document.createElement('div')
    shown.style.display = 'contents'
    shown.innerHTML = svg
    document.body.replaceChildren(shown)
    parent.postMessage({ state: 'drawn' }, '*')
  } catch (error) {
    parent.postMessage({ state: 'failed' }, '*')
  }
})
parent.postMessage({ state: typeof mermaid === 'undefined' ? 'failed' : 'ready' }, '*')
`

/** The page of the frame that draws a diagram. */
export function GET(): Response {
  return frameResponse({
    style: STYLE,
    body: '',
    script: SCRIPT,
    // The library writes styles into what it draws.
    sources: "style-src 'unsafe-inline'; img-src data:",
    library: '/api/frames/mermaid.js',
  })
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
