import { errorResponse, escapeHtml, frameResponse, otherMethods } from '#lib/http/index.ts'
import { AppError } from '#lib/protocol/index.ts'

export const dynamic = 'force-dynamic'

const STYLE = 'html,body{margin:0}img{display:block;max-width:100%;max-height:100vh;margin:auto}'

const SCRIPT = `
const image = document.querySelector('img')
const tell = () => parent.postMessage(image.naturalWidth ? { state: 'drawn', width: image.naturalWidth, height: image.naturalHeight } : { state: 'failed' }, '*')
if (image.complete) tell()
else image.onload = image.onerror = tell
`

/** The page of the frame that shows an image from elsewhere, which the reader asked for: only from the host that was named. */
export function GET(request: Request): Response {
  const { searchParams } = new URL(request.url)
  const address = searchParams.get('url') ?? ''
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return errorResponse(new AppError('invalid-request', 'An image has an address that begins with https: or http:.', { field: 'url' }))
  const alt = escapeHtml(searchParams.get('alt') ?? '')
  return frameResponse({
    style: STYLE,
    body: `<img src="${escapeHtml(url.href)}" alt="${alt}" referrerpolicy="no-referrer">`,
    script: SCRIPT,
    sources: `style-src 'nonce'; img-src ${url.origin}`,
  })
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
