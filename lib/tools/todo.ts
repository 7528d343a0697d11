import * as z from 'zod'
import { tool } from './tool.ts'

const status = z.enum(['pending', 'in-progress', 'done'])

const input = z.object({
  items: z
    .array(z.object({ text: z.string().trim().min(1).max(200), status }))
    .max(50)
    .describe('The whole list, in order, also what has not changed. It takes the place of the list before.'),
})

/** The list of what the agent is about to do, which the page shows. It lives in the calls: each has the whole list. */
export const todo = tool({
  name: 'todo',
  description:
    'Keeps the task list that the user sees. Use it for work of three steps or more, and whenever the user asks for a plan or several things: ' +
    'write the list before you begin, then write it again each time a step begins or ends. At most one item is "in-progress". ' +
    'Mark an item "done" only when it is; add what you find on the way. Not for a single, simple question.',
  inputSchema: input,
  repeatable: true,
  execute({ items }) {
    const count = (wanted: z.infer<typeof status>) => items.filter((item) => item.status === wanted).length
    return { total: items.length, done: count('done'), inProgress: count('in-progress'), pending: count('pending') }
  },
})
