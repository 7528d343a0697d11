import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { timeIn } from './current-time.ts'
import { builtInTools, createSearchConversations } from './index.ts'
import { testContext } from './testing/context.ts'
import { type Tool, tool } from './tool.ts'

const context = testContext()

function builtIn(name: string): Tool {
  const found = builtInTools.find((one) => one.name === name)
  if (!found) throw new Error(`no tool ${name}`)
  return found
}

describe('tool', () => {
  const weather = tool({
    name: 'weather',
    description: 'Tells the weather.',
    inputSchema: z.object({ city: z.string().describe('A city.'), days: z.number().int().default(1) }),
    execute: ({ city, days }) => `${city} for ${days}`,
  })

  it('shows the model a JSON Schema of what it may write', () => {
    expect(weather.inputSchema).toMatchObject({
      type: 'object',
      properties: { city: { type: 'string', description: 'A city.' }, days: { type: 'integer', default: 1 } },
      required: ['city'],
    })
    expect(weather.inputSchema).not.toHaveProperty('$schema')
  })

  it('parses and runs', () => {
    expect(weather.execute(weather.parse({ city: 'Oslo' }), context)).toBe('Oslo for 1')
  })

  it('says which argument to mend', () => {
    expect(() => weather.parse({ days: 'two' })).toThrow(/city: .*string.*; days: .*number/)
    expect(() => weather.parse('Oslo')).toThrow(/object/)
  })

  it('takes zod/mini and JSON Schema', () => {
    const small = tool({ name: 'small', description: '', inputSchema: mini.object({ a: mini.number() }), execute: ({ a }) => a + 1 })
    expect(small.execute(small.parse({ a: 1 }), context)).toBe(2)
    const plain = tool({
      name: 'plain',
      description: '',
      inputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
      execute: (input) => input,
    })
    expect(plain.inputSchema).toEqual({ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] })
    expect(plain.execute(plain.parse({ a: 1 }), context)).toEqual({ a: 1 })
    expect(() => plain.parse({ a: 'x' })).toThrow(/a: /)
  })

  it('keeps what it says of itself', () => {
    const careful = tool({
      name: 'careful',
      description: '',
      inputSchema: z.object({}),
      timeoutMs: 5,
      repeatable: true,
      execute: () => null,
    })
    expect(careful).toMatchObject({ timeoutMs: 5, repeatable: true })
    expect(weather.repeatable).toBeUndefined()
  })

  it('refuses names and schemas that providers refuse', () => {
    const execute = () => null
    expect(() => tool({ name: 'a b', description: '', inputSchema: z.object({}), execute })).toThrow(/name "a b"/)
    expect(() => tool({ name: 'a', description: '', inputSchema: z.string(), execute })).toThrow(/must be an object/)
    expect(() => tool({ name: 'a', description: '', inputSchema: z.object({ at: z.date() }), execute })).toThrow(/cannot be used/)
  })
})

describe('built-in tools', () => {
  it('are repeatable', () => {
    expect(builtInTools.map(({ name, repeatable }) => [name, repeatable])).toEqual([
      ['calculator', true],
      ['current_time', true],
      ['todo', true],
    ])
  })

  it('calculator calculates', async () => {
    const { parse, execute } = builtIn('calculator')
    expect(await execute(parse({ expression: '0.1 + 0.2' }), context)).toEqual({ expression: '0.1 + 0.2', result: '0.3' })
    expect(await execute(parse({ expression: '3 ft in cm' }), context)).toEqual({ expression: '3 ft in cm', result: '91.44 cm' })
    expect(() => parse({ expression: '' })).toThrow(/expression/)
    await expect(execute(parse({ expression: '1 furlongs' }), context)).rejects.toThrow(/no unit "furlongs"/)
  })

  it('current_time tells the time in a zone', async () => {
    const { parse, execute } = builtIn('current_time')
    const before = Date.now()
    const result = (await execute(parse({ timeZone: 'Asia/Kolkata' }), context)) as { iso: string; timeZone: string }
    expect(result.iso).toMatch(/\+05:30$/)
    expect(Math.abs(Date.parse(result.iso) - before)).toBeLessThan(10_000)
    expect(() => execute(parse({ timeZone: 'Mars/Olympus' }), context)).toThrow(/no time zone "Mars\/Olympus"/)
    expect((await execute(parse({}), context)) as object).toHaveProperty('readable')
  })

  it('current_time tells another moment in a zone', async () => {
    const { parse, execute } = builtIn('current_time')
    expect(await execute(parse({ at: '2026-07-01T15:00:00+02:00', timeZone: 'America/New_York' }), context)).toMatchObject({
      iso: '2026-07-01T09:00:00-04:00',
      timeZone: 'America/New_York',
    })
    expect(() => parse({ at: '3 pm' })).toThrow(/at: /)
    expect(() => parse({ at: '2026-07-01T15:00:00' })).toThrow(/at: /)
  })

  it('todo takes the whole list and says what it has', async () => {
    const { parse, execute } = builtIn('todo')
    const items = (['done', 'done', 'in-progress', 'pending'] as const).map((status, index) => ({ text: ` Step ${index} `, status }))
    expect(await execute(parse({ items }), context)).toEqual({ total: 4, done: 2, inProgress: 1, pending: 1 })
    expect(await execute(parse({ items: [] }), context)).toEqual({ total: 0, done: 0, inProgress: 0, pending: 0 })
    expect(() => parse({ items: [{ text: 'x', status: 'finished' }] })).toThrow(/items.0.status/)
    expect(() => parse({ items: [{ text: 'x'.repeat(201), status: 'done' }] })).toThrow(/items.0.text/)
    expect(() => parse({ items: Array.from({ length: 51 }, () => items[0]) as [] })).toThrow(/items/)
  })

  it('search_conversations asks the store of the session that calls', async () => {
    const hit = { sessionId: 'x', title: 'X', messageId: 'm', role: 'user' as const, at: '', excerpt: 'whales' }
    const asked: unknown[] = []
    const { parse, execute, repeatable } = createSearchConversations(async (...args) => {
      asked.push(args)
      return args[1] === 'whales' ? [hit] : []
    })
    expect(repeatable).toBe(true)
    expect(await execute(parse({ query: ' whales ' }), context)).toEqual({ hits: [hit] })
    expect(await execute(parse({ query: 'sharks', limit: 3 }), context)).toEqual({ hits: [], note: expect.stringContaining('other words') })
    expect(asked).toEqual([
      ['s', 'whales', 10],
      ['s', 'sharks', 3],
    ])
    expect(() => parse({ query: '  ' })).toThrow(/query/)
  })
})

describe('timeIn', () => {
  const moment = new Date('2026-11-23T23:30:05Z')

  it.each([
    ['UTC', '2026-11-23T23:30:05+00:00'],
    ['Europe/Berlin', '2026-11-24T00:30:05+01:00'],
    ['America/St_Johns', '2026-11-23T20:00:05-03:30'],
    ['Pacific/Kiritimati', '2026-11-24T13:30:05+14:00'],
    ['America/Los_Angeles', '2026-11-23T15:30:05-08:00'],
  ])('%s', (timeZone, iso) => {
    expect(timeIn(moment, timeZone).iso).toBe(iso)
  })

  it.each([
    ['2026-03-29T00:59:59Z', '2026-03-29T01:59:59+01:00'],
    ['2026-03-29T01:00:00Z', '2026-03-29T03:00:00+02:00'],
    ['2026-10-25T00:30:00Z', '2026-10-25T02:30:00+02:00'],
    ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00+01:00'],
    ['0900-01-01T12:00:00Z', '0900-01-'],
  ])('keeps summer time: %s', (at, iso) => {
    expect(timeIn(new Date(at), 'Europe/Berlin').iso.slice(0, iso.length)).toBe(iso)
  })

  it('reads well', () => {
    expect(timeIn(moment, 'Europe/Berlin').readable).toBe('Tuesday, 24 November 2026, 00:30:05 (Europe/Berlin, UTC+01:00)')
  })
})
