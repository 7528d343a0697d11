export interface DemoCall {
  toolCallId: string
  toolName: string
  input: string
}

export type NewCall = Omit<DemoCall, 'toolCallId'>

const NUMBER = String.raw`\(*-?(?:sqrt\()?\d[\d,]*(?:\.\d+)?%?\)*`
const ARITHMETIC = new RegExp(
  String.raw`(?<![\w.])${NUMBER}(?:\s*(?:\*\*|[-+*/^×÷%x]|plus|minus|times|divided by|of(?=\s+\d))\s*${NUMBER})+(?![\w])`,
  'i',
)
const ROOT = /square root of (\d+(?:\.\d+)?)/i
const DATE = /^\d{2,4}[-/]\d{1,2}[-/]\d{1,4}$/
const TIME =
  /\b(what(?:'s| is)? (?:the )?(?:time|date)|what day|which day|time is it|(?:current|local) (?:time|date)|today'?s date|time in|the time|o'clock|wie spät|uhrzeit|datum)\b/i

/** The calls that a question asks for by its words; none for a tool that is not offered. */
export function callsFor(question: string, offered: ReadonlySet<string>): NewCall[] {
  const named = namedCalls(question).filter(({ toolName }) => offered.has(toolName))
  if (named.length > 0) return named
  const calls: NewCall[] = []
  const add = (toolName: string, input: object | undefined) => {
    if (input && offered.has(toolName)) calls.push({ toolName, input: JSON.stringify(input) })
  }
  const expression = conversionIn(question) ?? expressionIn(question)
  const timeZone = timeZoneIn(question)
  add('search_conversations', searchIn(question))
  add('web_fetch', pageIn(question))
  if (calls.length > 0) return calls
  add('calculator', expression === undefined ? undefined : { expression })
  add('current_time', TIME.test(question) ? (timeZone ? { timeZone } : {}) : undefined)
  return calls
}

/** A tool that a line calls by name, with arguments, and that is not offered. */
export function namesUnknownTool(question: string, offered: ReadonlySet<string>): string | undefined {
  return namedCalls(question).find(({ toolName, input }) => !offered.has(toolName) && input !== '{}')?.toolName
}

/** Lines such as `use calculator {"expression": "1 + 1"}`. What stands there is passed on as it is. */
export function namedCalls(question: string): NewCall[] {
  return question.split('\n').flatMap((line) => {
    const [, toolName, input = '{}'] = /^use ([\w-]{1,64})(?:\s+(\{.*))?$/i.exec(line.trim()) ?? []
    return toolName === undefined ? [] : [{ toolName, input: input.trim() }]
  })
}

function searchIn(question: string): { query: string } | undefined {
  const found =
    /\bsearch (?:in |through )?(?:all )?(?:of )?(?:my|our) (?:conversations|chats|messages|history) for\s+(.{1,200})/i.exec(question) ??
    /\bwhat did (?:i|you|we) (?:say|write|tell you|ask|talk) (?:about|of)\s+(.{1,200})/i.exec(question)
  const query = found?.[1]?.replace(/["“”'?!.]+/g, ' ').trim()
  return query ? { query } : undefined
}

function pageIn(question: string): { url: string } | undefined {
  const url = /\b(?:fetch|read|open|summari[sz]e|look at)\s+(?:the page |the site )?<?(https?:\/\/[^\s<>"]{1,1000})/i.exec(question)?.[1]
  return url ? { url: url.replace(/[.,;:!?)]+$/, '') } : undefined
}

const AMOUNT = String.raw`(-?\d[\d,]{0,20}(?:\.\d{1,20})?)`
const UNIT = String.raw`([a-zµ°][\w°/^²³µ]{0,20})`
const CONVERT = new RegExp(String.raw`\b(?:convert|what is|what's|how much is)\s+${AMOUNT}\s*${UNIT}\s+(?:to|in|into|as)\s+${UNIT}`, 'i')
const HOW_MANY = new RegExp(String.raw`\bhow many\s+${UNIT}\s+(?:is|are|in|are in|is in)\s+${AMOUNT}\s*${UNIT}`, 'i')

/** "Convert 3 ft to cm" and "how many km is 26.2 miles", as the calculator takes them. */
function conversionIn(question: string): string | undefined {
  const [, amount, from, to] = CONVERT.exec(question) ?? []
  if (amount !== undefined) return `${amount.replaceAll(',', '')} ${from} to ${to}`
  const [, wanted, count, given] = HOW_MANY.exec(question) ?? []
  return count === undefined ? undefined : `${count.replaceAll(',', '')} ${given} to ${wanted}`
}

/** The first arithmetic in a sentence, as the calculator takes it: "15% of 1,200" is "15% * 1200". */
export function expressionIn(question: string): string | undefined {
  const root = ROOT.exec(question)?.[1]
  if (root) return `sqrt(${root})`
  const found = ARITHMETIC.exec(question)?.[0]
  if (found === undefined || DATE.test(found)) return undefined
  const expression = found
    .replace(/,(?=\d{3})/g, '')
    .replace(/×|\btimes\b|\bof\b|x/gi, '*')
    .replace(/÷|\bdivided by\b/gi, '/')
    .replace(/\bplus\b/gi, '+')
    .replace(/\bminus\b/gi, '-')
  return balanced(expression.trim())
}

/** A parenthesis of the sentence around the arithmetic is none of the arithmetic. */
function balanced(expression: string): string {
  let text = expression
  const surplus = () => text.split(')').length - text.split('(').length
  while (surplus() > 0 && text.endsWith(')')) text = text.slice(0, -1)
  while (surplus() < 0 && text.startsWith('(')) text = text.slice(1)
  return text
}

const CITIES: Record<string, string> = {
  amsterdam: 'Europe/Amsterdam',
  berlin: 'Europe/Berlin',
  cairo: 'Africa/Cairo',
  chicago: 'America/Chicago',
  delhi: 'Asia/Kolkata',
  dubai: 'Asia/Dubai',
  lagos: 'Africa/Lagos',
  london: 'Europe/London',
  madrid: 'Europe/Madrid',
  mumbai: 'Asia/Kolkata',
  'new york': 'America/New_York',
  paris: 'Europe/Paris',
  rome: 'Europe/Rome',
  'san francisco': 'America/Los_Angeles',
  'são paulo': 'America/Sao_Paulo',
  seoul: 'Asia/Seoul',
  shanghai: 'Asia/Shanghai',
  singapore: 'Asia/Singapore',
  sydney: 'Australia/Sydney',
  tokyo: 'Asia/Tokyo',
  toronto: 'America/Toronto',
  vienna: 'Europe/Vienna',
  zurich: 'Europe/Zurich',
}

function timeZoneIn(question: string): string | undefined {
  const named = /\b(?:Africa|America|Asia|Australia|Europe|Pacific)\/\w+|\bUTC\b/.exec(question)?.[0]
  const lower = question.toLowerCase()
  return named ?? Object.entries(CITIES).find(([city]) => lower.includes(city))?.[1]
}
