import { expect, test } from 'vitest'
import type { AssistantMessage, Part } from '#lib/protocol/index.ts'
import { todoInMessages, todoInParts, todoOf, todoSummary } from './read-todo.ts'

const list = (...texts: string[]) => ({ items: texts.map((text) => ({ text, status: 'pending' })) })
const call = (args: unknown, status = 'completed', toolName = 'todo'): Part =>
  ({ type: 'tool', callId: 'c', toolName, status, args, result: null, durationMs: 1 }) as Part
const answer = (...parts: Part[]) => ({ role: 'assistant', parts }) as unknown as AssistantMessage
const texts = (items: { text: string }[] | null) => items?.map(({ text }) => text)

test.each([
  ['another tool', 'calculator', list('a')],
  ['no list', 'todo', { items: 'a' }],
  ['an unknown status', 'todo', { items: [{ text: 'a', status: 'later' }] }],
  ['arguments that are being written', 'todo', '{"items": ['],
  ['nothing', 'todo', null],
])('%s has none', (_, toolName, args) => expect(todoOf(toolName, args)).toBeNull())

test('the newest list counts, and none that failed', () => {
  expect(texts(todoInParts([call(list('old')), call(list('new')), call({}, 'completed', 'other')]))).toEqual(['new'])
  expect(texts(todoInParts([call(list('old')), call(list('new'), 'failed')]))).toEqual(['old'])
  expect(texts(todoInMessages([answer(call(list('first'))), answer(call(list('second'))), answer()]))).toEqual(['second'])
  expect(todoInMessages([answer()])).toBeNull()
})

test('in short', () => {
  const items = [
    { text: 'Read', status: 'done' },
    { text: 'Plan', status: 'pending' },
    { text: 'Write', status: 'in-progress' },
  ] as const
  expect(todoSummary(items)).toBe('1 of 3 done · Write')
  expect(todoSummary(items.slice(0, 2))).toBe('1 of 2 done · Plan')
  expect(todoSummary(items.slice(0, 1))).toBe('1 of 1 done')
})
