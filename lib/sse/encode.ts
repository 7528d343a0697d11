/** One event as the wire carries it. `data` must be one line (JSON is); `id` and `event` come from code, never from free text. */
export function encodeEvent(event: string, data: string, id?: number): string {
  return id === undefined ? `event: ${event}\ndata: ${data}\n\n` : `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`
}

/** A comment: keeps proxies and readers sure that the stream lives. */
export const HEARTBEAT = ': \n\n'
