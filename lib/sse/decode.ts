export interface SseMessage {
  /** The last event id as the stream stands: it stays until another is sent. */
  id: string
  event: string
  data: string
}

export interface SseDecoder {
  /** Takes bytes as they arrive, cut anywhere, and gives the events that they complete. */
  push(bytes: Uint8Array): SseMessage[]
  /** The reconnection time in ms that the server last asked for. */
  readonly retryMs: number | undefined
}

const LINE_END = /[\r\n]/g

/**
 * Decodes an event stream as the HTML standard's section 9.2.6 says. An event that the stream's end cuts is
 * dropped, as there. One line under way is kept as its pieces, so that a long `data` line costs linear time.
 */
export function createDecoder(): SseDecoder {
  // The standard removes one byte order mark, the stream's first. Node's decoder removes two when the first is cut in pieces.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let isBeginning = true
  let pieces: string[] = []
  let skipLineFeed = false
  let lastId = ''
  let idUnderWay = ''
  let event = ''
  let data: string[] = []
  let retryMs: number | undefined

  function takeLine(line: string, out: SseMessage[]): void {
    if (line === '') {
      dispatch(out)
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const rest = colon < 0 ? '' : line.slice(colon + 1)
    takeField(field, rest.startsWith(' ') ? rest.slice(1) : rest)
  }

  function takeField(field: string, value: string): void {
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) idUnderWay = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) retryMs = Number(value)
  }

  function dispatch(out: SseMessage[]): void {
    lastId = idUnderWay
    if (data.length > 0) out.push({ id: lastId, event: event || 'message', data: data.join('\n') })
    event = ''
    data = []
  }

  function push(bytes: Uint8Array): SseMessage[] {
    const out: SseMessage[] = []
    let text = utf8.decode(bytes, { stream: true })
    if (isBeginning && text !== '') {
      isBeginning = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    let start = 0
    if (skipLineFeed && text !== '') {
      // A CR at the end of the last piece ended its line; a LF that follows belongs to it.
      if (text[0] === '\n') start = 1
      skipLineFeed = false
    }
    for (;;) {
      const end = lineEnd(text, start)
      if (end < 0) break
      takeLine(pieces.length === 0 ? text.slice(start, end) : pieces.join('') + text.slice(start, end), out)
      pieces = []
      start = end + 1
      if (text[end] !== '\r') continue
      if (start === text.length) skipLineFeed = true
      else if (text[start] === '\n') start += 1
    }
    if (start < text.length) pieces.push(text.slice(start))
    return out
  }

  return {
    push,
    get retryMs() {
      return retryMs
    },
  }
}

function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from
  return LINE_END.exec(text)?.index ?? -1
}
