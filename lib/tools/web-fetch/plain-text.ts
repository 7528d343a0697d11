const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', hellip: '…' }

/** What a page says, without its tags. Takes linear time for any text. */
export function plainText(html: string): string {
  const text = html
    .replace(/<\/?(?:br|p|div|li|tr|h[1-6]|ul|ol|table|section|article|header|footer|blockquote|pre|title)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
  const lines = decodeEntities(text)
    .split('\n')
    .map((line) => line.replace(/[ \t\r\f\xa0]+/g, ' ').trim())
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n')
}

/** What the page calls itself; empty when it does not say. */
export function titleIn(html: string): string {
  const found = /<title\b[^<>]*>([^<]{0,1000})/i.exec(html)?.[1] ?? ''
  return decodeEntities(found).replace(/\s+/g, ' ').trim().slice(0, 300).toWellFormed()
}

const UNREAD = /<(script|style|svg|noscript|template|iframe|math|object|canvas)\b|<!--/gi

/** A page without what is not text: mostly its larger part. What is never closed reaches to the end. */
export function withoutScripts(html: string): string {
  let kept = ''
  let at = 0
  UNREAD.lastIndex = 0
  for (let match = UNREAD.exec(html); match; match = UNREAD.exec(html)) {
    kept += html.slice(at, match.index)
    const end = match[1] === undefined ? /-->/g : new RegExp(`</${match[1]}\\b[^<>]*>`, 'gi')
    end.lastIndex = UNREAD.lastIndex
    at = end.exec(html) ? end.lastIndex : html.length
    UNREAD.lastIndex = at
  }
  return kept + html.slice(at)
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return (Object.hasOwn(NAMED, name) && NAMED[name]) || whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : '�'
  })
}
