import { FLOODED, type Flood } from './flood.ts'

const LF = 10
const CR = 13

interface Bounds {
  /** In bytes: of a body, or of one event of a stream. */
  longest: number
  flood: Flood
  onFlood: () => void
}

/** A response whose body fails when it, or one event of it, is too long, and when the server floods. */
export function bounded(response: Response, { longest, flood, onFlood }: Bounds): Response {
  if (!response.body) return response
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const events = new Events()
  let length = 0
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length = isStream ? length : length + chunk.length
      const ended = isStream ? events.add(chunk) : 0
      if ((isStream ? events.length : length) > longest)
        controller.error(new Error(`The server sent more than ${longest / 1_000_000} MB at once.`))
      else if (flood.isOver(ended, chunk.length)) {
        controller.error(new Error(FLOODED))
        onFlood()
      } else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}

/** The events of a stream, which empty lines end. A line ends with CR, LF or both. */
class Events {
  /** Of the event that has not ended, in bytes. */
  length = 0
  #isLineEmpty = true
  #last = 0

  /** How many events the chunk ends. */
  add(chunk: Uint8Array): number {
    let ended = 0
    for (const byte of chunk) {
      const isSecondHalf = byte === LF && this.#last === CR
      this.#last = byte
      if (isSecondHalf) continue
      const isLineEnd = byte === LF || byte === CR
      if (!isLineEnd) this.length += 1
      else if (this.#isLineEmpty) {
        this.length = 0
        ended += 1
      }
      this.#isLineEmpty = isLineEnd
    }
    return ended
  }
}
