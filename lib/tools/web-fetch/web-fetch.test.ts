import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testContext } from '../testing/context.ts'
import { createWebFetch, type Resolve, type WebFetchOptions } from './index.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** What the server does at each path. */
const handlers = new Map<string, Handler>()
const requests: IncomingMessage[] = []
const server = createServer((request, response) => {
  requests.push(request)
  const handler = handlers.get(new URL(request.url ?? '', 'http://x').pathname)
  if (handler) handler(request, response)
  else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')
})
let port: number
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const toLoopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]
const allow = (address: string) => address === '127.0.0.1'

interface Result {
  url: string
  title?: string
  mediaType: string
  text: string
  nextOffset?: number
}

async function read(
  url: string,
  options: WebFetchOptions = { allow, resolve: toLoopback },
  offset?: number,
  signal?: AbortSignal,
): Promise<Result> {
  const { parse, execute } = createWebFetch(options)
  const input = parse({ url, ...(offset !== undefined && { offset }) })
  return (await execute(input, testContext(signal && { signal }))) as Result
}

let paths = 0
/** A page at a path of its own, and its address. */
function serve(handler: Handler): string {
  paths += 1
  handlers.set(`/${paths}`, handler)
  return `http://site.test:${port}/${paths}`
}

const serveText = (body: string | Buffer, type: string, more: Record<string, string> = {}) =>
  serve((_request, response) => response.writeHead(200, { ...(type && { 'content-type': type }), ...more }).end(body))

describe('web_fetch: addresses', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.1.:8080/',
    'http://①②⑦.0.0.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://172.16.0.1:8080/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/latest/meta-data/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://100.100.100.200/latest/meta-data/',
    'http://168.63.129.16/machine',
    'http://192.0.0.192/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::1]:3000/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:0:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://[64:ff9b:1::1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
    'http://[2001:db8::1]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
    'https://127.0.0.1/',
    'https://[::1]/',
  ])('%s is refused', async (url) => {
    await expect(read(url, {})).rejects.toThrow(/does not lead to a public address, and only public pages are read/)
  })

  it.each([
    ['10.0.0.1', 4],
    ['127.0.0.1', 4],
    ['169.254.169.254', 4],
    ['::1', 6],
    ['::ffff:127.0.0.1', 6],
    ['::ffff:10.0.0.1', 6],
    ['64:ff9b::7f00:1', 6],
    ['fd00::1', 6],
    ['fe80::1', 6],
    ['fe80::1%lo', 6],
    ['2002:7f00:1::', 6],
  ])('a name that leads to %s is refused, without telling where it leads', async (address, family) => {
    const error = await read('http://inside.test/', { resolve: async () => [{ address, family }] }).catch((thrown: Error) => thrown)
    expect(String(error)).toContain('"inside.test" does not lead to a public address')
    expect(String(error)).not.toContain(address)
  })

  it('a name with one public and one private address is refused', async () => {
    const resolve: Resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    await expect(read('http://both.test/', { resolve })).rejects.toThrow(/public address/)
  })

  it.each([
    ['file:///etc/passwd', 'Only http and https'],
    ['ftp://example.org/', 'Only http and https'],
    ['gopher://example.org/', 'Only http and https'],
    ['javascript:alert(1)', 'Only http and https'],
    ['data:text/html,x', 'Only http and https'],
    ['example.org', 'not a valid address'],
    ['//example.org', 'not a valid address'],
    ['http://', 'not a valid address'],
    ['http://[::1%25lo]/', 'not a valid address'],
    ['http://1.2.3.4.5/', 'not a valid address'],
    ['http://user:secret@example.org/', 'user name or a password'],
    ['http://user@example.org/', 'user name or a password'],
    ['http://example.org:22/', 'Port 22'],
    ['http://example.org:25/', 'Port 25'],
    ['http://example.org:1023/', 'Port 1023'],
  ])('%s is refused', async (url, message) => {
    await expect(read(url, {})).rejects.toThrow(message)
  })

  it('what was checked is what is dialled: a name that changes is looked up once', async () => {
    let lookups = 0
    const resolve: Resolve = async () => {
      lookups += 1
      return [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    }
    const url = serveText('found', 'text/plain')
    expect((await read(url, { resolve, allow })).text).toBe('found')
    expect(lookups).toBe(1)
  })

  it('each redirect is looked up and checked anew, to the same name too', async () => {
    let lookups = 0
    const resolve: Resolve = async () => {
      lookups += 1
      return [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    }
    const url = serve((_request, response) => response.writeHead(302, { location: '/elsewhere', connection: 'close' }).end())
    await expect(read(url, { resolve, allow })).rejects.toThrow(/public address/)
  })

  it.each([
    ['http://10.0.0.1/', 'public address'],
    ['http://[::1]/', 'public address'],
    ['http://169.254.169.254/latest/', 'public address'],
    ['//2130706434/', 'public address'],
    ['file:///etc/passwd', 'Only http and https'],
    ['http://user:secret@site.test/', 'user name'],
    ['http://site.test:22/', 'Port 22'],
    ['http://[broken', 'not a valid address'],
  ])('a redirect to %s is refused', async (location, message) => {
    const url = serve((_request, response) => response.writeHead(301, { location }).end('moved'))
    await expect(read(url)).rejects.toThrow(message)
  })

  it('follows five redirects, and says where they led', async () => {
    const end = serveText('the end', 'text/plain')
    let url = end
    for (let hop = 0; hop < 5; hop += 1) {
      const location = url
      url = serve((_request, response) => response.writeHead([301, 302, 303, 307, 308][hop] ?? 301, { location }).end())
    }
    expect(await read(url)).toMatchObject({ url: end, text: 'the end' })
    const once = serve((_request, response) => response.writeHead(302, { location: url }).end())
    await expect(read(once)).rejects.toThrow('more than 5 times')
    const round: string = serve((_request, response) => response.writeHead(302, { location: round }).end())
    await expect(read(round)).rejects.toThrow('more than 5 times')
  })

  it('sends no cookie, no credentials, no referrer, and knows no proxy', async () => {
    const before = process.env.HTTP_PROXY
    process.env.HTTP_PROXY = 'http://127.0.0.1:1'
    try {
      const end = serveText('x', 'text/plain')
      const url = serve((_request, response) => response.writeHead(302, { location: end, 'set-cookie': 'a=b' }).end())
      requests.length = 0
      await read(url)
      for (const { headers } of requests)
        for (const name of ['cookie', 'authorization', 'referer']) expect(headers).not.toHaveProperty(name)
      expect(requests).toHaveLength(2)
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY
      else process.env.HTTP_PROXY = before
    }
  })
})

describe('web_fetch: the server', () => {
  const quick = { allow, resolve: toLoopback, limits: { headersMs: 200, totalMs: 500 } }

  it('that does not answer', async () => {
    await expect(
      read(
        serve(() => {}),
        quick,
      ),
    ).rejects.toThrow('"site.test" took longer than 0.2 s.')
  })

  it('whose text never ends coming', async () => {
    const url = serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    await expect(read(url, quick)).rejects.toThrow('"site.test" took longer than 0.5 s.')
  })

  it('whose name is never looked up', async () => {
    await expect(read('http://slow.test/', { ...quick, resolve: () => new Promise(() => {}) })).rejects.toThrow('took longer than')
  })

  it('that sends without end: the beginning is read, and the connection closed', async () => {
    const closed = Promise.withResolvers<void>()
    const url = serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.on('close', closed.resolve)
      const more = () => {
        while (!response.destroyed && response.write('word '.repeat(10_000)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const { text } = await read(url, { allow, resolve: toLoopback, limits: { bodyBytes: 40_000 } })
    expect(text.length).toBeLessThan(41_000)
    expect(text).toMatch(/\[cut: the page is longer than what is read of a page\]$/)
    await closed.promise
  })

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes)],
  ])('that sends a bomb (%s): no more of it is made than is read', async (encoding, compress) => {
    const url = serveText(compress(Buffer.alloc(200_000_000, 'a')), 'text/plain', { 'content-encoding': encoding })
    const before = process.memoryUsage().rss
    const result = await read(url)
    expect(result.nextOffset).toBe(50_000)
    expect(result.text).toContain('[cut: characters 0 to 50000 of 5000000; read on with offset 50000]')
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('that compresses, as it was asked to', async () => {
    expect((await read(serveText(gzipSync('packed'), 'text/plain', { 'content-encoding': 'gzip' }))).text).toBe('packed')
    expect((await read(serveText(brotliCompressSync('packed'), 'text/plain', { 'content-encoding': 'br' }))).text).toBe('packed')
  })

  it('that compresses wrongly', async () => {
    await expect(read(serveText('not gzip', 'text/plain', { 'content-encoding': 'gzip' }))).rejects.toThrow('compressed wrongly')
    const cut = gzipSync('word '.repeat(10_000)).subarray(0, 50)
    await expect(read(serveText(cut, 'text/plain', { 'content-encoding': 'gzip' }))).rejects.toThrow('compressed wrongly')
    await expect(read(serveText('x', 'text/plain', { 'content-encoding': 'zip-zip' }))).rejects.toThrow('"zip-zip"')
  })

  it('that breaks off', async () => {
    const early = serve((_request, response) => response.destroy())
    await expect(read(early)).rejects.toThrow('closed the connection too early')
    const late = serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '1000' })
      response.write('begun', () => response.destroy())
    })
    await expect(read(late)).rejects.toThrow('closed the connection too early')
  })

  it('that is not there', async () => {
    await expect(read('http://site.test:1024/')).rejects.toThrow('refuses connections')
    const missing = Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    await expect(read('http://nowhere.test/', { resolve: () => Promise.reject(missing) })).rejects.toThrow(
      'There is no server "nowhere.test"',
    )
    await expect(read('http://nowhere.test/', { resolve: async () => [] })).rejects.toThrow('There is no server "nowhere.test"')
  })

  it('that speaks no TLS where it should', async () => {
    await expect(read(`https://site.test:${port}/`)).rejects.toThrow(/site\.test/)
  })

  it.each([
    [403, 'not let everyone'],
    [500, 'Try later'],
    [304, 'answered 304'],
  ])('that answers %d', async (status, message) => {
    await expect(read(serve((_request, response) => response.writeHead(status).end()))).rejects.toThrow(message)
  })

  it('that has no such page', async () => {
    await expect(read(`http://site.test:${port}/missing`)).rejects.toThrow(/answered 404 for http:\/\/site\.test.*check the address/)
  })

  it('is let go of on abort', async () => {
    const closed = Promise.withResolvers<void>()
    const controller = new AbortController()
    const reason = new Error('Stop')
    const url = serve((_request, response) => {
      response.on('close', closed.resolve)
      response.writeHead(200, { 'content-type': 'text/plain' }).write('begun', () => controller.abort(reason))
    })
    await expect(read(url, { allow, resolve: toLoopback }, 0, controller.signal)).rejects.toBe(reason)
    await closed.promise
    await expect(read(url, { allow, resolve: toLoopback }, 0, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})

describe('web_fetch: the text', () => {
  const cyrillic = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]) // Привет in windows-1251
  const japanese = Buffer.from([0x93, 0x8c, 0x8b, 0x9e]) // 東京 in shift_jis

  it.each([
    ['the header', cyrillic, 'text/plain; charset=windows-1251', 'Привет'],
    ['the header, in quotes', japanese, 'text/plain; foo=bar; charset="Shift_JIS"', '東京'],
    ['a meta tag', Buffer.concat([Buffer.from('<meta charset="shift_jis"><p>'), japanese]), 'text/html', '東京'],
    [
      'an old meta tag',
      Buffer.concat([Buffer.from('<meta http-equiv=Content-Type content="text/html; charset=windows-1251"><p>'), cyrillic]),
      'text/html',
      'Привет',
    ],
    ['its beginning', Buffer.from('\ufeffПривет', 'utf16le'), 'text/plain', 'Привет'],
    ['nothing', Buffer.from('Привет'), 'text/plain', 'Привет'],
    ['an unknown name', Buffer.from('Привет'), 'text/plain; charset=klingon', 'Привет'],
    ['a wrong name', cyrillic, 'text/plain; charset=utf-8', '\ufffd'.repeat(6)],
  ])('its charset by %s', async (_by, body, type, text) => {
    expect((await read(serveText(body, type))).text).toBe(text)
  })

  it.each(['image/png', 'application/octet-stream', 'application/pdf', 'video/mp4', 'application/zip'])('%s is refused', async (type) => {
    await expect(read(serveText(Buffer.from([0, 1, 2]), type))).rejects.toThrow(`no text (${type})`)
  })

  it('binary that calls itself text, or nothing, is refused', async () => {
    const binary = Buffer.from('PK\u0003\u0004\0\0\0\0')
    for (const type of ['text/plain', '']) await expect(read(serveText(binary, type))).rejects.toThrow('This is no text')
  })

  it('JSON and plain text as they are', async () => {
    expect(await read(serveText('{"a": "<b>"}', 'application/json; charset=utf-8'))).toMatchObject({
      mediaType: 'application/json',
      text: '{"a": "<b>"}',
    })
    expect((await read(serveText('a  <b>\n# c', 'text/markdown'))).text).toBe('a  <b>\n# c')
    expect((await read(serveText('<feed><title>x</title></feed>', 'application/atom+xml'))).text).toBe('<feed><title>x</title></feed>')
  })

  const sentence = 'This sentence has some words, commas, and a length that an article would have. '
  const article = `<!doctype html><html lang="en"><head><title>A page &amp; more</title><style>p { color: red }</style></head><body>
    <nav><a href="/home">Home</a></nav>
    <article><h1>Whales</h1><p>${sentence.repeat(3)}</p><p>They <b>sleep</b> <a href="/upright#x">upright</a>, <a href="javascript:alert(1)">they say</a>.</p>
    <script>document.write('<p>not this')</script><!-- <p>nor this --><ul><li>blue</li><li>grey</li></ul>
    <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3</td></tr></table>
    <pre><code>const a = 1\n</code></pre><img src="/w.png" alt="A whale"><img src="data:image/png;base64,AAAA" alt="inline"><p>${sentence.repeat(6)}</p></article>
    <footer>Imprint</footer></body></html>`

  it('an article as Markdown, without what is around it', async () => {
    const url = serveText(article, 'text/html; charset=utf-8')
    const { title, text } = await read(url)
    expect(title).toBe('A page & more')
    for (const piece of [
      '**sleep**',
      `[upright](http://site.test:${port}/upright#x), they say.`,
      /-\s+blue\n-\s+grey/,
      '| a | b |\n| --- | --- |\n| 1 | 2\\|3 |',
      '```\nconst a = 1\n```',
      `![A whale](http://site.test:${port}/w.png)`,
    ])
      expect(text).toMatch(typeof piece === 'string' ? new RegExp(piece.replace(/[\\[\](){}|.*+?^$]/g, '\\$&')) : piece)
    for (const piece of ['Home', 'Imprint', 'not this', 'nor this', 'color: red', 'javascript:', 'base64'])
      expect(text).not.toContain(piece)
  })

  it.each([
    ['<h1>Shop</h1><p>Tea</p><p>3.50', '# Shop\n\nTea\n\n3.50'],
    ['<html><body><p>one</body></html><p>two', 'one\n\ntwo'],
    ['just text', 'just text'],
    ['<p>a &lt; &quot;b&quot; &amp;amp; &copy; &#x41;', 'a < "b" &amp; © A'],
    ['<frameset><noframes>old', 'old'],
    ['<script>x', ''],
    ['<p>x<script>never closed <p>y', 'x'],
    ['<p>x<!-- never closed <p>y', 'x'],
  ])('all of a page that is no article: %s', async (html, text) => {
    const result = await read(serveText(html, 'text/html'))
    if (text === '') expect(result.text).toContain('the page has no text')
    else expect(result.text).toBe(text)
  })

  it.each(['', '   ', '<html><body></body></html>'])('an empty page: "%s"', async (html) => {
    expect((await read(serveText(html, 'text/html'))).text).toMatch(/^\[the page has no text/)
  })

  it('a long page in pieces that put together are the page', async () => {
    const whole = Array.from({ length: 20_000 }, (_, line) => `line ${line} 😀`).join('\n')
    const url = serveText(whole, 'text/plain')
    let text = ''
    let offset: number | undefined = 0
    let pieces = 0
    while (offset !== undefined) {
      const piece: Result = await read(url, undefined, offset)
      text += piece.text.replace(/\n\n\[cut: .*\]$/, '')
      expect(piece.text.length).toBeLessThan(50_200)
      offset = piece.nextOffset
      pieces += 1
    }
    expect(text).toBe(whole)
    expect(pieces).toBeGreaterThan(5)
    await expect(read(url, undefined, whole.length + 1)).rejects.toThrow('there are none at')
  })

  it('a cut splits no character', async () => {
    const { text, nextOffset } = await read(serveText(`a${'😀'.repeat(40_000)}`, 'text/plain'))
    expect(text.isWellFormed()).toBe(true)
    expect(nextOffset).toBe(49_999)
  })

  // What takes quadratic time takes minutes for these, more than a test has.
  it.each([
    '<',
    '<p>',
    '<div>',
    '<script',
    '<!--',
    '<a href="',
    '&amp;',
    '&',
    '<ul><li>',
    '<title>',
    '<meta charset',
    '<br>\n',
    ' ',
    '\n',
    '<b>*_[`',
    '<td>',
  ])('five million characters of %j are taken in their stride', async (piece) => {
    const filler = piece.repeat(Math.floor(4_900_000 / piece.length))
    const { text } = await read(serveText(`<p>${sentence.repeat(3)}</p>${filler}`, 'text/html'))
    expect(text).toContain('This sentence has some words')
  })

  it('a page just within what is parsed is parsed in pieces', async () => {
    const nested = `${'<div>'.repeat(38)}x${'</div>'.repeat(38)}`.repeat(150)
    const { text } = await read(serveText(`<p>${sentence.repeat(8)}</p>${nested}`, 'text/html'))
    expect(text).toContain('This sentence has some words')
  })
})
