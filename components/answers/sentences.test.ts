import { expect, test } from 'vitest'
import { sentencesOf } from './sentences.ts'

test('a text is spoken in sentences, without what has no words', () => {
  expect(sentencesOf('One is here. Is two?\n\n---\n• Three')).toEqual(['One is here.', 'Is two?', '• Three'])
})

test('a long sentence is parted at a comma or between words, and nothing is lost', () => {
  const sentence = `${'many words and '.repeat(10)}a comma, ${'then more words '.repeat(20)}end.`
  const parts = sentencesOf(sentence)
  expect(parts.length).toBeGreaterThan(2)
  expect(parts[0]).toMatch(/a comma,$/)
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(220)
  expect(parts.join(' ')).toBe(sentence)
})

test('a word without an end is parted between characters', () => {
  const word = 'a'.concat('😀'.repeat(300))
  const parts = sentencesOf(word)
  expect(parts.join('')).toBe(word)
  for (const part of parts) expect(part.isWellFormed()).toBe(true)
})
