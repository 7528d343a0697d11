import { expect, test } from 'vitest'
import { contentOf, problemsOf } from './form-content.ts'
import { fieldsOf } from './form-fields.ts'

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Your name', description: 'As on the ticket', minLength: 2, maxLength: 40, default: 'Ada' },
    email: { type: 'string', format: 'email' },
    site: { type: 'string', format: 'uri' },
    day: { type: 'string', format: 'date' },
    start: { type: 'string', format: 'date-time' },
    seats: { type: 'integer', minimum: 1, maximum: 9, default: 2 },
    price: { type: 'number' },
    window: { type: 'boolean', default: true },
    meal: { type: 'string', enum: ['veg', 'fish'], enumNames: ['Vegetables', 'Fish'], default: 'fish' },
    zone: {
      type: 'string',
      oneOf: [
        { const: 'q', title: 'Quiet' },
        { const: 'f', title: 'Family' },
      ],
    },
    extras: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', enum: ['bike', 'dog', 'bag'] }, default: ['dog', 'cat'] },
    days: {
      type: 'array',
      items: {
        anyOf: [
          { const: 'mo', title: 'Monday' },
          { const: 'tu', title: 'Tuesday' },
        ],
      },
    },
  },
  required: ['name', 'seats', 'extras'],
}
const fields = fieldsOf(schema)

test('fields of each kind, in order', () => {
  expect(fields).toEqual([
    {
      name: 'name',
      label: 'Your name',
      description: 'As on the ticket',
      isRequired: true,
      kind: 'text',
      type: 'text',
      min: 2,
      max: 40,
      initial: 'Ada',
    },
    { name: 'email', label: 'email', isRequired: false, kind: 'text', type: 'email' },
    { name: 'site', label: 'site', isRequired: false, kind: 'text', type: 'url' },
    { name: 'day', label: 'day', isRequired: false, kind: 'text', type: 'date' },
    { name: 'start', label: 'start', isRequired: false, kind: 'text', type: 'datetime-local' },
    { name: 'seats', label: 'seats', isRequired: true, kind: 'number', isInteger: true, min: 1, max: 9, initial: 2 },
    { name: 'price', label: 'price', isRequired: false, kind: 'number', isInteger: false },
    { name: 'window', label: 'window', isRequired: false, kind: 'boolean', initial: true },
    {
      name: 'meal',
      label: 'meal',
      isRequired: false,
      kind: 'choice',
      options: [
        { value: 'veg', label: 'Vegetables' },
        { value: 'fish', label: 'Fish' },
      ],
      initial: 'fish',
    },
    {
      name: 'zone',
      label: 'zone',
      isRequired: false,
      kind: 'choice',
      options: [
        { value: 'q', label: 'Quiet' },
        { value: 'f', label: 'Family' },
      ],
    },
    {
      name: 'extras',
      label: 'extras',
      isRequired: true,
      kind: 'choices',
      options: ['bike', 'dog', 'bag'].map((value) => ({ value, label: value })),
      min: 1,
      max: 2,
      initial: ['dog'],
    },
    {
      name: 'days',
      label: 'days',
      isRequired: false,
      kind: 'choices',
      options: [
        { value: 'mo', label: 'Monday' },
        { value: 'tu', label: 'Tuesday' },
      ],
      min: 0,
      max: 2,
      initial: [],
    },
  ])
})

/** Controls by the names of their fields, as the browser would give them: an unchecked box is not there. */
function fill(values: Record<string, string | string[]>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) {
    const index = fields.findIndex((field) => field.name === name)
    for (const one of [value].flat()) data.append(`field-${index}`, one)
  }
  return data
}

test('values of the types that the schema names; what is left empty is left out', () => {
  const filled = fill({
    name: 'Grace',
    email: '',
    start: '2026-03-01T10:00',
    seats: '3',
    price: '1.5',
    window: 'on',
    meal: 'veg',
    zone: '',
    extras: ['bike', 'bag'],
  })
  expect(contentOf(fields, filled)).toEqual({
    name: 'Grace',
    start: new Date('2026-03-01T10:00').toISOString(),
    seats: 3,
    price: 1.5,
    window: true,
    meal: 'veg',
    extras: ['bike', 'bag'],
  })
  expect(contentOf(fields, fill({ name: '', seats: '1' }))).toEqual({ name: '', seats: 1, window: false, extras: [] })
})

test('how many may be chosen is checked', () => {
  expect([...problemsOf(fields, fill({ extras: [] }))]).toEqual([['extras', 'Choose at least 1.']])
  expect([...problemsOf(fields, fill({ extras: ['bike', 'dog', 'bag'] }))]).toEqual([['extras', 'Choose at most 2.']])
  expect(problemsOf(fields, fill({ extras: ['bike'] })).size).toBe(0)
})

test.each([[null], ['text'], [[]], [{}], [{ properties: 7 }]])('%j has no fields', (odd) => expect(fieldsOf(odd)).toEqual([]))

test('what it does not know is a text, and no name does harm', () => {
  const odd = JSON.parse(
    '{"properties": {"__proto__": {"type": "string"}, "x": {"type": "object"}, "y": 1, "z": {"format": "constructor"}}}',
  )
  const [proto, ...others] = fieldsOf(odd)
  expect(proto).toMatchObject({ name: '__proto__', kind: 'text' })
  expect(others.map((field) => field.kind === 'text' && field.type)).toEqual(['text', 'text', 'text'])
  const data = new FormData()
  data.append('field-0', 'value')
  const content = contentOf(fieldsOf(odd), data)
  expect(JSON.stringify(content)).toBe('{"__proto__":"value"}')
  expect(Object.getPrototypeOf(content)).toBe(Object.prototype)
})

test('a choice of numbers or of yes and no is sent as what it is', () => {
  const properties = {
    size: { type: 'integer', enum: [10, 20], enumNames: ['Ten'], default: 20 },
    plan: { oneOf: [{ const: false, title: 'None' }, { const: 1.5 }, { const: 'all' }] },
    days: { type: 'array', items: { enum: [1, 2, 3] }, default: [3, '1'] },
  }
  const typed = fieldsOf({ properties, required: ['size', 'plan'] })
  expect(typed).toMatchObject([
    {
      kind: 'choice',
      options: [
        { value: '10', label: 'Ten', given: 10 },
        { value: '20', label: '20', given: 20 },
      ],
      initial: '20',
    },
    {
      kind: 'choice',
      options: [
        { value: 'false', label: 'None' },
        { value: '1.5', label: '1.5' },
        { value: 'all', label: 'all' },
      ],
    },
    { kind: 'choices', initial: ['3'] },
  ])
  const data = new FormData()
  for (const [name, value] of [
    ['field-0', '10'],
    ['field-1', 'false'],
    ['field-2', '1'],
    ['field-2', '3'],
  ] as const)
    data.append(name, value)
  expect(contentOf(typed, data)).toEqual({ size: 10, plan: false, days: [1, 3] })
})

test('a choice of nothing that a control can show is written', () => {
  const properties = { a: { type: 'number', enum: [{}] }, b: { enum: [] }, c: { type: 'string', anyOf: [{ minLength: 2 }] } }
  expect(fieldsOf({ properties }).map(({ kind }) => kind)).toEqual(['number', 'text', 'text'])
})

test('a form of a thousand fields has a hundred', () => {
  const properties = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, { type: 'string' }]))
  expect(fieldsOf({ properties }).length).toBe(100)
})
