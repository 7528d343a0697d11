import { parseStreamEvent, type RillEvent, type SessionInfo, type Snapshot } from '#lib/protocol/index.ts'
import { createDecoder } from '#lib/sse/decode.ts'

/** A reader's view of one event: what came over the wire, byte for byte, and what it says. */
export interface Received {
  json: string
  event: RillEvent
}

/** A client as a script is one: no cookie, the local owner. */
export class Client {
  url: string

  constructor(url: string) {
    this.url = url
  }

  /** With a title, no model call goes to naming it. */
  async createSession(title?: string): Promise<string> {
    return ((await this.#call('POST', '/api/sessions', title === undefined ? {} : { title })) as SessionInfo).id
  }

  async send(sessionId: string, text: string, id?: string): Promise<{ runId: string; cursor: number; messageId: string }> {
    return (await this.#call('POST', `/api/sessions/${sessionId}/messages`, { text, ...(id && { id }) })) as never
  }

  async snapshot(sessionId: string): Promise<Snapshot> {
    return (await this.#call('GET', `/api/sessions/${sessionId}`)) as Snapshot
  }

  async rename(sessionId: string, title: string): Promise<void> {
    await this.#call('PATCH', `/api/sessions/${sessionId}`, { title })
  }

  async delete(sessionId: string): Promise<void> {
    await this.#call('DELETE', `/api/sessions/${sessionId}`)
  }

  async cancel(runId: string): Promise<void> {
    await this.#call('POST', `/api/runs/${runId}/cancel`)
  }

  /** Reads events after a cursor until `until` says so, the stream ends, or it breaks: then it throws. */
  async read(sessionId: string, after: number, onEvent: (received: Received) => boolean | undefined): Promise<void> {
    const leave = new AbortController()
    const response = await fetch(`${this.url}/api/sessions/${sessionId}/events?after=${after}`, { signal: leave.signal })
    if (!response.ok || !response.body) throw new Error(`The stream answered with ${response.status}.`)
    const decoder = createDecoder()
    try {
      for await (const bytes of response.body) {
        for (const message of decoder.push(bytes)) {
          const event = parseStreamEvent(message.data)
          if (!event || event.type === 'session:reset') throw new Error(`Not an event of the log: ${message.data}`)
          if (onEvent({ json: message.data, event })) return
        }
      }
    } finally {
      leave.abort()
    }
    throw new Error('The stream ended.')
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : response.json()
  }
}
