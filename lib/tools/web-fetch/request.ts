import type { Agent, Dispatcher } from 'undici'
import { decode, readBody } from './body.ts'
import { createDialer, type DialOptions } from './dial.ts'
import { FetchError, inWords } from './fetch-error.ts'

export interface Limits {
  /** Until the headers of each answer are there. Default 10,000. */
  headersMs: number
  /** For all together. Default 20,000. */
  totalMs: number
  /** Of a body, decompressed; the rest is not read. Default 5,000,000. */
  bodyBytes: number
}

export interface Page {
  /** After all redirects. */
  url: URL
  mediaType: string
  text: string
  /** The page is longer than what was read. */
  isCut: boolean
}

const MOST_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const LONGEST_URL = 2_000
const HEADERS = {
  'user-agent': 'Mozilla/5.0 (compatible; Rill; web_fetch)',
  accept: 'text/html, application/xhtml+xml, text/markdown, text/plain, application/json, application/xml;q=0.9, text/*;q=0.8',
  'accept-encoding': 'gzip, br',
}
const TEXTUAL = /^(?:text\/.+|application\/(?:json|xml|xhtml\+xml|.+\+json|.+\+xml))$/
const MARKUP = /^(?:text\/html|text\/xml|application\/(?:xml|.+\+xml))$/

/** An address on the web; against `base` when it is a relative one. Throws a `FetchError` that says what is not allowed. */
export function webAddress(text: string, base?: URL): URL {
  const url = text.length <= LONGEST_URL && URL.canParse(text, base) ? new URL(text, base) : undefined
  if (!url)
    throw new FetchError(`"${text.slice(0, 100).toWellFormed()}" is not a valid address. Use one such as "https://example.org/page".`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new FetchError(`Only http and https are read, not "${url.protocol}".`)
  if (url.username !== '' || url.password !== '') throw new FetchError('An address with a user name or a password is not read.')
  const port = Number(url.port)
  if (port !== 0 && port !== 80 && port !== 443 && port < 1_024) throw new FetchError(`Port ${port} is not one of the web.`)
  url.hash = ''
  return url
}

/** Reads a page as text, through at most five redirects. Throws a `FetchError` that says why it cannot be; on abort, the signal's reason. */
export async function requestPage(address: URL, limits: Limits, dialling: DialOptions, signal: AbortSignal): Promise<Page> {
  const { totalMs, headersMs } = limits
  const dialer = await createDialer(dialling, headersMs)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(tooSlow(address, totalMs)), totalMs)
  let url = address
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await ask(dialer, url, headersMs, AbortSignal.any([signal, deadline.signal]))
      const location = headerOf(answer, 'location')
      if (!REDIRECTS.has(answer.statusCode) || location === undefined) return await readPage(url, answer, limits.bodyBytes)
      if (redirects === MOST_REDIRECTS) throw new FetchError(`The page redirects more than ${MOST_REDIRECTS} times.`)
      discard(answer)
      url = webAddress(location, url)
    }
  } catch (error) {
    signal.throwIfAborted()
    deadline.signal.throwIfAborted()
    throw inWords(error, url)
  } finally {
    clearTimeout(timer)
    await dialer.destroy()
  }
}

async function ask(dialer: Agent, url: URL, headersMs: number, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(tooSlow(url, headersMs)), headersMs)
  try {
    return await dialer.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: HEADERS,
      signal: AbortSignal.any([signal, late.signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  } finally {
    clearTimeout(timer)
  }
}

async function readPage(url: URL, answer: Dispatcher.ResponseData, bodyBytes: number): Promise<Page> {
  const { statusCode, body } = answer
  const [sent = '', ...parameters] = (headerOf(answer, 'content-type') ?? '').toLowerCase().split(';')
  try {
    if (statusCode < 200 || statusCode > 299)
      throw new FetchError(`The server answered ${statusCode} for ${url.href}.${hintFor(statusCode)}`)
    const declared = sent.trim()
    if (declared !== '' && !TEXTUAL.test(declared)) throw notText(declared)
    const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([\w:.-]{1,40})/.exec(one)?.[1]).find((one) => one !== undefined)
    const { bytes, isCut } = await readBody(body, headerOf(answer, 'content-encoding') ?? '', bodyBytes)
    const text = decode(bytes, charset, declared === '' || MARKUP.test(declared))
    if (text.slice(0, 4_096).includes('\0')) throw notText(declared)
    return { url, mediaType: declared || (/^\s*</.test(text) ? 'text/html' : 'text/plain'), text: text.toWellFormed(), isCut }
  } finally {
    discard(answer)
  }
}

function notText(mediaType: string): FetchError {
  return new FetchError(`This is no text (${mediaType.slice(0, 60) || 'of no declared type'}), and only text, HTML, XML and JSON are read.`)
}

function hintFor(status: number): string {
  if (status === 404 || status === 410) return ' There is no such page: check the address.'
  if (status === 401 || status === 403 || status === 451) return ' It does not let everyone read this page.'
  if (status === 429 || status >= 500) return ' Try later, or read another page.'
  return ''
}

function tooSlow({ hostname }: URL, ms: number): FetchError {
  return new FetchError(`"${hostname}" took longer than ${ms / 1_000} s.`)
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Ends an answer whose body, or its rest, is not wanted. */
function discard({ body }: Dispatcher.ResponseData): void {
  // A body that is ended early says so as an error, which would end the process if nobody listened.
  body.on('error', () => {}).destroy()
}
