import * as z from 'zod'
import { tool } from './tool.ts'

const input = z.object({
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Another moment than now, such as "2026-11-23T15:00:00+01:00" or "2026-11-23T14:00:00Z": it is told in the time zone.'),
  timeZone: z.string().max(64).optional().describe('An IANA time zone such as "Europe/Berlin". Without it, the time zone of the server.'),
})

/** The clock: ISO time with its offset, and the same for people to read. */
export const currentTime = tool({
  name: 'current_time',
  description: 'Tells the current date and time, or those of another moment, in any time zone.',
  inputSchema: input,
  repeatable: true,
  execute: ({ at, timeZone }) => timeIn(at === undefined ? new Date() : new Date(at), timeZone),
})

export interface TimeResult {
  /** ISO 8601 with the zone's offset. */
  iso: string
  /** For people, in English. */
  readable: string
  timeZone: string
}

/** A moment as a clock in `timeZone` shows it. Throws for a zone that does not exist, with what to write instead. */
export function timeIn(moment: Date, timeZone?: string): TimeResult {
  const format = formatOf(timeZone)
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]))
  const offset = part.timeZoneName?.replace(/^(GMT|UTC)/, '') || '+00:00'
  const month = String(MONTHS.indexOf(part.month ?? '') + 1).padStart(2, '0')
  const day = part.day?.padStart(2, '0')
  const year = part.year?.padStart(4, '0')
  const time = `${part.hour}:${part.minute}:${part.second}`
  const zone = format.resolvedOptions().timeZone
  return {
    iso: `${year}-${month}-${day}T${time}${offset}`,
    readable: `${part.weekday}, ${part.day} ${part.month} ${part.year}, ${time} (${zone}, UTC${offset})`,
    timeZone: zone,
  }
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      ...(timeZone !== undefined && { timeZone }),
      weekday: 'long',
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  } catch (cause) {
    throw new Error(`There is no time zone "${timeZone}". Use an IANA name such as "Europe/Berlin", "America/New_York" or "UTC".`, {
      cause,
    })
  }
}
