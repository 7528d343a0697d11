import { HEARTBEAT } from './encode.ts'

export const HEARTBEAT_MS = 15_000

export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const

export interface StreamOptions {
  /** The request's signal: the stream also ends when it aborts. */
  signal?: AbortSignal
  /** Told why a source failed; the stream is cut then, and the reader resumes from its cursor. */
  onError?: (error: unknown) => void
}

/**
 * A streaming response of ready-made frames: one write per batch, a heartbeat every 15 s.
 * The source is asked for more only when the reader took what it got. `signal` aborts when the reader leaves:
 * the source must end then.
 */
export function respondWithStream(open: (signal: AbortSignal) => AsyncIterable<string>, options: StreamOptions = {}): Response {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const frames = open(signal)[Symbol.asyncIterator]()
  const utf8 = new TextEncoder()
  let heartbeat: ReturnType<typeof setInterval> | undefined
  const finish = () => {
    clearInterval(heartbeat)
    left.abort()
  }
  /** Not before the first read: a response that nobody reads is never cancelled either. */
  const begin = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    controller.enqueue(utf8.encode(HEARTBEAT))
    heartbeat = setInterval(() => {
      // A reader that does not take what it has needs no heartbeat, and must not gather them.
      if (controller.desiredSize === 0) controller.enqueue(utf8.encode(HEARTBEAT))
    }, HEARTBEAT_MS)
  }

  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      if (!heartbeat) return begin(controller)
      try {
        const next = await frames.next()
        if (next.done) {
          finish()
          return controller.close()
        }
        controller.enqueue(utf8.encode(next.value))
      } catch (error) {
        // The reader left: nobody is there to be told.
        if (left.signal.aborted) return
        finish()
        options.onError?.(error)
        controller.error(error)
      }
    },
    async cancel() {
      finish()
      // Where it waits to be asked for more it does not see the signal.
      await frames.return?.()
    },
  }
  const body = new ReadableStream(source, { highWaterMark: 0 })
  return new Response(body, { headers: STREAM_HEADERS })
}

/** A response of ready-made frames, maybe of none, for a reader whose streams are held back on their way. */
export function respondWithFrames(frames: string): Response {
  return new Response(frames, { headers: STREAM_HEADERS })
}
