import { calculator } from './calculator.ts'
import { currentTime } from './current-time.ts'
import { todo } from './todo.ts'
import type { Tool } from './tool.ts'

export * from './fingerprint.ts'
export * from './object-check.ts'
export * from './search-conversations.ts'
export * from './tool.ts'
export * from './web-fetch/index.ts'
export { calculator, currentTime, todo }

/** The tools that every agent has. */
export const builtInTools: readonly Tool[] = [calculator, currentTime, todo]
