import { expect, test } from 'vitest'
import { anchorOf } from '../markdown/anchor-scope.ts'
import { anchorIn, linkedMessage } from './linked-message.ts'

const ID = '01a20abc-0000-7000-8000-0000000000aa'

test('the message that a heading or a footnote is in', () => {
  expect(linkedMessage(anchorOf('What is added?', `${ID}-0`, 40))).toBe(ID)
  expect(linkedMessage(anchorOf('???', `${ID}-12`, 0))).toBe(ID)
  expect(linkedMessage(`note-${ID}-1-3`)).toBe(ID)
})

test('no message for other anchors', () => {
  for (const anchor of ['', 'main', ID, `x-${ID}`, `${ID}-0`]) expect(linkedMessage(anchor)).toBeNull()
})

test('what a hash names', () => {
  expect(['#a%C3%A4', '#', '', '#%'].map(anchorIn)).toEqual(['aä', '', '', ''])
})
