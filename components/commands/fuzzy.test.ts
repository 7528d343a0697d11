import { expect, test } from 'vitest'
import { ranked, scoreOf } from './fuzzy.ts'

const names = ['New session', 'Rename this session', 'Delete this session', 'Regenerate the last answer', 'Choose a model']
const found = (typed: string, items = names) => ranked(typed, items, (name) => name)

test('nothing typed leaves all as they stand', () => {
  expect(found('')).toEqual(names)
  expect(found('  ')).toEqual(names)
})

test.each([
  ['ren', 'Rename this session'],
  ['session del', 'Delete this session'],
  ['REGEN', 'Regenerate the last answer'],
  ['rgn', 'Regenerate the last answer'],
  ['chmo', 'Choose a model'],
])('“%s” finds “%s” first', (typed, name) => {
  expect(found(typed)[0]).toBe(name)
})

test('a start counts more than a piece, a piece more than letters here and there, and the shorter more than the longer', () => {
  expect(found('lan', ['Balance', 'Long as new', 'Plans', 'The land', 'Land'])).toEqual([
    'Land',
    'The land',
    'Plans',
    'Balance',
    'Long as new',
  ])
})

test('accents and letter size make no difference; letters that are missing do', () => {
  expect(scoreOf('uber', 'Über uns')).not.toBeNull()
  expect(scoreOf('ÜBER', 'uber uns')).not.toBeNull()
  expect(scoreOf('日本', '日本語の勉強')).not.toBeNull()
  expect(scoreOf('newx', 'New session')).toBeNull()
  expect(found('zzz')).toEqual([])
})
