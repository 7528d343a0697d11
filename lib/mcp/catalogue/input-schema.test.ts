import { expect, test } from 'vitest'
import { objectSchema } from './input-schema.ts'

function read(schema: unknown) {
  const notes: string[] = []
  return { schema: objectSchema(schema, (why) => notes.push(why)), notes }
}

const deep = (levels: number): object => (levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: deep(levels - 1) } })

test('a schema stays as it is, but for its dialect', () => {
  const schema = {
    type: 'object',
    properties: {
      type: { type: ['string', 'null'] },
      properties: { $ref: '#/$defs/x' },
      list: { type: 'array', items: { enum: [1, 'a'] } },
    },
    required: ['type'],
    additionalProperties: false,
    $defs: { x: { anyOf: [{ const: 1 }, true] } },
  }
  expect(read({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema })).toEqual({ schema, notes: [] })
  expect(read({})).toEqual({ schema: { type: 'object' }, notes: [] })
})

test.each<[unknown, string]>([
  [undefined, 'is not that of an object'],
  [[], 'is not that of an object'],
  [{ type: 'string' }, 'is not that of an object'],
  [{ description: 'x'.repeat(100_000) }, 'is longer than 100 kB'],
  [{ properties: 'x' }, 'is no JSON Schema that models can be given'],
  [{ properties: { a: 'string' } }, 'is no JSON Schema that models can be given'],
  [{ properties: { a: { type: 'text' } } }, 'is no JSON Schema that models can be given'],
  [{ required: 'a' }, 'is no JSON Schema that models can be given'],
  [{ $ref: 'https://example.org/schema.json' }, 'is no JSON Schema that models can be given'],
  [deep(40), 'is no JSON Schema that models can be given'],
  [deep(5_000), 'is no JSON Schema that models can be given'],
])('what a provider would refuse takes any object', (given, why) => {
  expect(read(given)).toEqual({ schema: { type: 'object' }, notes: [why] })
})
