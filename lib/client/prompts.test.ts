import { expect, test } from 'vitest'
import { matching, readPrompts } from './prompts.ts'

const prompts = ['Explain', 'My review', 'Review', 'reply'].map((name) => ({ id: name, name, text: name }))
const names = (filter: string) => matching(prompts, filter).map(({ name }) => name)

test('what begins with what is looked for comes first', () => {
  expect(names('re')).toEqual(['Review', 'reply', 'My review'])
  expect(names('')).toEqual(['Explain', 'My review', 'Review', 'reply'])
  expect(names(' EXPLAIN')).toEqual(['Explain'])
  expect(names('nothing')).toEqual([])
})

test('what cannot be read is left out', () => {
  expect(readPrompts({ prompts: [prompts[0], { id: 1 }, null] })).toEqual([prompts[0]])
  expect(readPrompts(null)).toEqual([])
})
