import { describe, expect, test } from 'vitest'
import { createDecoder, type SseMessage } from './decode.ts'
import { encodeEvent, HEARTBEAT } from './encode.ts'

/** The `format-*` cases of the web platform tests for EventSource: bytes in, events out. */
const cases: { name: string; bytes: string | Uint8Array; messages: (Partial<SseMessage> & { data: string })[]; retryMs?: number }[] = [
  { name: 'bom', bytes: '\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n', messages: [{ data: '1' }, { data: '3' }] },
  { name: 'bom-2', bytes: '\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n', messages: [{ data: '2' }, { data: '3' }] },
  {
    name: 'comments',
    bytes: `data:1\r:\0\n:\r\ndata:2\n:${'x'.repeat(2_048)}\rdata:3\n:data:fail\r:${'x'.repeat(2_048)}\ndata:4\n\n`,
    messages: [{ data: '1\n2\n3\n4' }],
  },
  {
    name: 'data-before-final-empty-line',
    bytes: 'retry:1000\ndata:test1\n\nid:test\ndata:test2',
    messages: [{ data: 'test1' }],
    retryMs: 1_000,
  },
  { name: 'field-data', bytes: 'data:\n\ndata\ndata\n\ndata:test\n\n', messages: [{ data: '' }, { data: '\n' }, { data: 'test' }] },
  {
    name: 'field-event',
    bytes: 'event:test\ndata:x\n\ndata:x\n\n',
    messages: [
      { event: 'test', data: 'x' },
      { event: 'message', data: 'x' },
    ],
  },
  { name: 'field-event-empty', bytes: 'event: \ndata:data\n\n', messages: [{ event: 'message', data: 'data' }] },
  {
    name: 'field-id',
    bytes: 'id: 1\ndata: hello\n\ndata: again\n\n',
    messages: [
      { id: '1', data: 'hello' },
      { id: '1', data: 'again' },
    ],
  },
  {
    name: 'field-id-2',
    bytes: 'id\ndata:hello\n\nid: 2\n\ndata:x\n\n',
    messages: [
      { id: '', data: 'hello' },
      { id: '2', data: 'x' },
    ],
  },
  {
    name: 'field-id-null',
    bytes: 'id: 1\ndata:a\n\nid: 2\0\ndata:b\n\n',
    messages: [
      { id: '1', data: 'a' },
      { id: '1', data: 'b' },
    ],
  },
  {
    name: 'field-parsing',
    bytes: 'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
    messages: [{ data: '\0\n 2\n1\n3\n\n4' }],
  },
  { name: 'field-retry', bytes: 'retry:3000\ndata:x\n\n', messages: [{ data: 'x' }], retryMs: 3_000 },
  { name: 'field-retry-bogus', bytes: 'retry:3000\nretry:1000x\ndata:x\n\n', messages: [{ data: 'x' }], retryMs: 3_000 },
  { name: 'field-retry-empty', bytes: 'retry\ndata:test\n\n', messages: [{ data: 'test' }] },
  {
    name: 'field-unknown',
    bytes: 'data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\n\n',
    messages: [{ data: 'test\n' }],
  },
  { name: 'leading-space', bytes: 'data:\ttest\rdata: \ndata:test\n\n', messages: [{ data: '\ttest\n\ntest' }] },
  { name: 'mime and newlines', bytes: 'data:test\r\ndata\ndata:test\r\n\r', messages: [{ data: 'test\n\ntest' }] },
  { name: 'null-character', bytes: 'data:\0\n\n\n\n', messages: [{ data: '\0' }] },
  { name: 'utf-8', bytes: 'data:ok…\n\n', messages: [{ data: 'ok…' }] },
  { name: 'utf-8 invalid', bytes: Uint8Array.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a]), messages: [{ data: '\uFFFD' }] },
]

describe('the SSE decoder', () => {
  for (const { name, bytes, messages, retryMs } of cases) {
    const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
    test(`format-${name}, cut at every position`, () => {
      for (let cut = 0; cut <= whole.length; cut += 1) {
        const decoder = createDecoder()
        const got = [...decoder.push(whole.subarray(0, cut)), ...decoder.push(whole.subarray(cut))]
        expect(got, `cut at ${cut}`).toMatchObject(messages)
        expect(got.length, `cut at ${cut}`).toBe(messages.length)
        expect(decoder.retryMs).toBe(retryMs)
      }
    })
    test(`format-${name}, byte by byte`, () => {
      const decoder = createDecoder()
      const got = Array.from(whole, (byte) => decoder.push(Uint8Array.of(byte))).flat()
      expect(got).toMatchObject(messages)
      expect(got.length).toBe(messages.length)
    })
  }

  test('gives back what was encoded, whatever the text holds', () => {
    const text = 'line\nfeed\r\r\n\0 \u2028 \u{1F469}\u200D\u{1F680} ende'
    const wire = HEARTBEAT + encodeEvent('llm:chunk', JSON.stringify({ content: text }), 7)
    const [message] = createDecoder().push(new TextEncoder().encode(wire))
    expect(message).toMatchObject({ id: '7', event: 'llm:chunk' })
    expect(JSON.parse(message?.data ?? '')).toEqual({ content: text })
  })

  test('takes a line of 5 MB in small pieces in linear time', () => {
    const decoder = createDecoder()
    const piece = new TextEncoder().encode('x'.repeat(1_000))
    decoder.push(new TextEncoder().encode('data:'))
    for (let count = 0; count < 5_000; count += 1) expect(decoder.push(piece)).toEqual([])
    expect(decoder.push(new TextEncoder().encode('\n\n'))[0]?.data.length).toBe(5_000_000)
  })
})
