import { useState } from 'react'
import { groupsOf } from './groups.ts'

/** Things that grow in number, in groups of which those that did not change are the same as in the last drawing. */
export function useGroups<T>(things: readonly T[], size: number): readonly (readonly T[])[] {
  const [last] = useState<{ groups: readonly (readonly T[])[] }>(() => ({ groups: [] }))
  last.groups = groupsOf(things, size, last.groups)
  return last.groups
}
