import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { MAX_BODY_BYTES } from '#lib/protocol/index.ts'
import { readBody } from './body.ts'

const schema = z.strictObject({ text: z.optional(z.string()) })

function post(body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }): Request {
  return new Request('http://localhost/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
}

/** A body that announces no length, in pieces. */
function inPieces(count: number, piece: Uint8Array): { body: ReadableStream; taken: () => number } {
  let taken = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        if (taken === count) return controller.close()
        taken += 1
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, taken: () => taken }
}

test('what fits the schema is given, and nothing is {}', async () => {
  expect(await readBody(post('{"text":"é"}'), schema)).toEqual({ text: 'é' })
  expect(await readBody(post('{"text":"a"}', { 'content-type': 'Application/JSON; charset=utf-8' }), schema)).toEqual({ text: 'a' })
  expect(await readBody(new Request('http://localhost/', { method: 'POST' }), schema)).toEqual({})
})

test.each<[name: string, request: () => Request, error: object]>([
  ['no JSON', () => post('{'), { code: 'invalid-request', message: 'The body is not valid JSON.' }],
  ['another type', () => post('a=b', { 'content-type': 'text/plain' }), { code: 'unsupported-media-type' }],
  ['a field of the wrong type', () => post('{"text":1}'), { code: 'invalid-request', field: 'text' }],
  ['a field that is not there', () => post('{"tetx":"a"}'), { code: 'invalid-request', field: 'tetx' }],
  ['a name with control characters', () => post('{"a\\u0000\\u001b":1}'), { field: 'a??' }],
  ['an array', () => post('[]'), { code: 'invalid-request' }],
  ['deep nesting', () => post('['.repeat(100_000)), { message: 'The JSON is nested too deeply.' }],
  ['bytes that are no UTF-8', () => post(new Uint8Array([0x22, 0xff, 0x22])), { message: 'The body is not valid UTF-8.' }],
  [
    'a length that is not true',
    () => post('{}', { 'content-type': 'application/json', 'content-length': '1' }),
    { message: expect.stringContaining('Content-Length') },
  ],
  [
    'a length that is too large, before a byte is read',
    () => post('{}', { 'content-length': String(MAX_BODY_BYTES + 1) }),
    { code: 'payload-too-large' },
  ],
])('%s is refused', async (_name, request, error) => {
  await expect(readBody(request(), schema)).rejects.toMatchObject(error)
})

test('brackets in a string are no nesting', async () => {
  const text = '[{"'.repeat(1_000)
  expect(await readBody(post(JSON.stringify({ text })), schema)).toEqual({ text })
})

test('a body that says no length is left once it is too large', async () => {
  const { body, taken } = inPieces(1_000, new Uint8Array(100_000))
  await expect(readBody(post(body), schema)).rejects.toMatchObject({ code: 'payload-too-large' })
  expect(taken()).toBeLessThan(20)
})
