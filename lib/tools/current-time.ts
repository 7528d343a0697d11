import * as z from 'zod'
import { tool } from './tool.ts'

/** What time it is, anywhere. */
export const currentTime = tool({
  name: 'current_time',
  description: 'The current date and time, in UTC or in a time zone.',
  inputSchema: z.object({ timeZone: z.string().max(100).optional().describe('IANA name, for example "Europe/Berlin"; UTC when left out') }),
  repeatable: true,
  execute({ timeZone = 'UTC' }) {
    const now = new Date()
    return { iso: now.toISOString(), timeZone, readable: readable(now, timeZone) }
  },
})

function readable(time: Date, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'long' }).format(time)
  } catch (error) {
    throw new Error(`There is no time zone "${timeZone}". Use an IANA name such as "Europe/Berlin".`, { cause: error })
  }
}
