import { describe, expect, test } from 'vitest'
import { placeOf } from './place-beside.ts'

const WINDOW = { width: 1_000, height: 600 }

describe('what belongs to a button stands', () => {
  test('under it', () => {
    expect(placeOf({ left: 200, top: 100, bottom: 124 }, { width: 240, height: 300 }, WINDOW)).toEqual({ left: 200, top: 130, room: 458 })
  })

  test('above it, where there is more room', () => {
    expect(placeOf({ left: 200, top: 500, bottom: 524 }, { width: 240, height: 300 }, WINDOW)).toEqual({ left: 200, top: 194, room: 482 })
  })

  test('within the window, and no higher than there is room', () => {
    expect(placeOf({ left: 900, top: 200, bottom: 224 }, { width: 240, height: 900 }, WINDOW)).toEqual({ left: 748, top: 230, room: 358 })
    expect(placeOf({ left: 2, top: 400, bottom: 424 }, { width: 240, height: 900 }, WINDOW)).toEqual({ left: 12, top: 12, room: 382 })
  })
})
