import { expect, test } from 'vitest'
import { chosenIn, NO_SETTINGS, readModelSettings, writeModelSettings } from './model-settings.ts'
import { writeStored } from './storage.ts'

test('what was chosen last is kept for the next session', () => {
  expect(readModelSettings()).toEqual(NO_SETTINGS)
  writeModelSettings({ model: 'demo/demo', reasoningEffort: 'low' })
  expect(readModelSettings()).toEqual({ model: 'demo/demo', reasoningEffort: 'low' })
})

test.each(['{', '5', '{"model":1}', '{"model":null,"reasoningEffort":"wild"}'])('%s is not what was chosen', (stored) => {
  writeStored('rill:model', stored)
  expect(readModelSettings()).toEqual(NO_SETTINGS)
})

test('a session is made with what was chosen, and nothing else', () => {
  expect(chosenIn(NO_SETTINGS)).toEqual({})
  expect(chosenIn({ model: 'demo/demo', reasoningEffort: null })).toEqual({ model: 'demo/demo' })
})
