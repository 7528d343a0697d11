import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: Record<string, unknown>
  events: { name: string; attributes: Record<string, unknown> }[]
  status: { code?: number; message?: string }
}

export interface Collector {
  url: string
  spans: ReceivedSpan[]
  /** The resource that the spans are of. */
  resource: Record<string, unknown>
  headers: Record<string, unknown>[]
  /** All that came, as it came. */
  bodies: string[]
  /** From here on nothing is answered. */
  hang(): void
  close(): Promise<void>
}

interface KeyValue {
  key: string
  value: Record<string, unknown>
}

/** A collector on loopback that takes OTLP over HTTP as JSON. */
export async function startCollector(): Promise<Collector> {
  const received: Pick<Collector, 'spans' | 'headers' | 'bodies' | 'resource'> = { spans: [], headers: [], bodies: [], resource: {} }
  let hangs = false
  const server = createServer(async (request, response) => {
    if (hangs) return
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    received.headers.push({ ...request.headers, url: request.url })
    received.bodies.push(body)
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      Object.assign(received.resource, plain(resource.attributes))
      for (const { spans } of scopeSpans) received.spans.push(...spans.map(toSpan))
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hang() {
      hangs = true
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function toSpan(span: Record<string, unknown>): ReceivedSpan {
  const events = (span.events ?? []) as { name: string; attributes: KeyValue[] }[]
  return {
    ...(span as unknown as ReceivedSpan),
    attributes: plain(span.attributes as KeyValue[]),
    events: events.map(({ name, attributes }) => ({ name, attributes: plain(attributes) })),
  }
}

function plain(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]))
}

function readValue(value: Record<string, unknown>): unknown {
  if ('arrayValue' in value) return (value.arrayValue as { values: Record<string, unknown>[] }).values.map(readValue)
  return 'intValue' in value ? Number(value.intValue) : Object.values(value)[0]
}
