import type { KeyboardEvent } from 'react'

/** Whether a key belongs to an input method. Safari ends a composition before the key that ended it; that key has the code 229. */
export function isComposing({ nativeEvent }: Pick<KeyboardEvent, 'nativeEvent'>): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229
}
