import { expect, test } from 'vitest'
import { isComposing } from './is-composing.ts'

const pressed = (isComposing: boolean, keyCode: number) => ({ nativeEvent: { key: 'Enter', isComposing, keyCode } as KeyboardEvent })

test('the key that ends a composition belongs to it, in every browser', () => {
  expect(isComposing(pressed(true, 229))).toBe(true)
  // Safari, which says that the composition is over.
  expect(isComposing(pressed(false, 229))).toBe(true)
  expect(isComposing(pressed(false, 13))).toBe(false)
})
