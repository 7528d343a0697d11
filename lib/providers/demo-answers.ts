import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { CODE, CONNECT, LIST, longText, TABLE, TRY } from './demo-texts.ts'

export interface DemoAnswer {
  reasoning: string
  text: string
  calls: DemoCall[]
}

interface DemoCall {
  toolCallId: string
  toolName: string
  input: string
}

/** Some patterns take quadratic time: of a longer question only the beginning is looked at. */
const LONGEST_READ = 2_000

/** What the demo says to a conversation. The same conversation gets the same answer. */
export function answerTo({ prompt, tools }: LanguageModelV4CallOptions): DemoAnswer {
  const results = resultsSince(prompt)
  if (results.length > 0) return { reasoning: '', text: textForResults(results), calls: [] }
  const whole = lastQuestion(prompt)
  const question = whole.slice(0, LONGEST_READ).toWellFormed()
  const calls = callsFor(question, new Set(tools?.map((tool) => tool.name)), prompt.length)
  if (calls.length > 0)
    return { reasoning: '', text: `Let me use ${calls.map(({ toolName }) => `\`${toolName}\``).join(' and ')} for that.`, calls }
  return { reasoning: reasoningFor(whole), text: textFor(question), calls: [] }
}

const NUMBER = String.raw`\(*-?(?:sqrt\()?\d[\d,]*(?:\.\d+)?%?\)*`
const ARITHMETIC = new RegExp(
  String.raw`(?<![\w.])${NUMBER}(?:\s*(?:\*\*|[-+*/^×÷%x]|plus|minus|times|divided by|of(?=\s+\d))\s*${NUMBER})+(?![\w])`,
  'i',
)
const ROOT = /square root of (\d+(?:\.\d+)?)/i
const DATE = /^\d{2,4}[-/]\d{1,2}[-/]\d{1,4}$/
const TIME =
  /\b(what(?:'s| is)? (?:the )?(?:time|date)|what day|which day|time is it|(?:current|local) (?:time|date)|today'?s date|time in|the time|o'clock|wie spät|uhrzeit|datum)\b/i

function callsFor(question: string, offered: Set<string>, turn: number): DemoCall[] {
  const calls: DemoCall[] = []
  const add = (toolName: string, input: object) =>
    calls.push({ toolCallId: `demo-${turn}-${calls.length + 1}`, toolName, input: JSON.stringify(input) })
  const expression = expressionIn(question)
  if (expression && offered.has('calculator')) add('calculator', { expression })
  const timeZone = timeZoneIn(question)
  if (TIME.test(question) && offered.has('current_time')) add('current_time', timeZone ? { timeZone } : {})
  return calls
}

/** The first arithmetic in a sentence, as the calculator takes it: "15% of 1,200" is "15% * 1200". */
function expressionIn(question: string): string | undefined {
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

function reasoningFor(question: string): string {
  if (!/\b(why|explain|think|how come|reason)\b/i.test(question)) return ''
  const words = question.split(/\s+/).length
  return `The question has ${words} words and asks for an explanation. I follow rules and know no facts, so I must not make any up. I say what I am, and show how an answer looks.`
}

/** The shapes that were asked for, in this order; without any, what the demo is and what to try. */
const SHAPES: [RegExp, (about: string) => string][] = [
  [/\b(long|story|essay|1,?000 words)\b/i, longText],
  [/\b(code|function|script|program)\b/i, () => CODE],
  [/\b(table|compare|comparison)\b/i, () => TABLE],
  [/\b(list|steps|bullet)\b/i, () => LIST],
]

function textFor(question: string): string {
  const about = shortened(question)
  if (/^\W*(hi|hello|hey|hallo|good (morning|day|evening))\b/i.test(question) && question.length < 40)
    return `Hello! I am Rill's **demo model**: I need no key and follow a few rules. ${TRY}\n\n${CONNECT}`
  const shapes = SHAPES.filter(([asked]) => asked.test(question)).map(([, write]) => write(about))
  const opening = `You asked about “${about}”. I am Rill's **demo model**: I need no key, follow a few rules, and cannot answer that for real.`
  return [opening, ...(shapes.length > 0 ? shapes : [TRY]), CONNECT].join('\n\n')
}

function shortened(question: string): string {
  const line = question
    .replace(/\s+/g, ' ')
    .replace(/[`*_<>[\]|]/g, '')
    .trim()
    .replace(/[?!.]+$/, '')
  const characters = [...line]
  return characters.length > 80 ? `${characters.slice(0, 79).join('').trimEnd()}…` : line || 'nothing'
}

function textForResults(results: LanguageModelV4ToolResultPart[]): string {
  return `${results.map(describeResult).join('\n\n')}\n\nA tool worked that out, in the open, as it would for a real model. I am Rill's **demo model** and only follow rules.\n\n${CONNECT}`
}

function describeResult({ toolName, output }: LanguageModelV4ToolResultPart): string {
  const value = 'value' in output ? output.value : ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (output.type === 'error-text') return `\`${toolName}\` failed: ${text}`
  const fields = (typeof value === 'object' && value !== null ? value : {}) as {
    expression?: unknown
    result?: unknown
    readable?: unknown
  }
  if (fields.expression !== undefined && fields.result !== undefined) return `\`${fields.expression}\` is **${fields.result}**.`
  if (fields.readable !== undefined) return `It is **${fields.readable}**.`
  return `\`${toolName}\` says: ${text.slice(0, 500).toWellFormed()}`
}

function lastQuestion(prompt: LanguageModelV4Prompt): string {
  const message = prompt.findLast((one) => one.role === 'user')
  if (message?.role !== 'user') return ''
  return message.content
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join(' ')
    .trim()
}

/** Tool results that came after the last question. */
function resultsSince(prompt: LanguageModelV4Prompt): LanguageModelV4ToolResultPart[] {
  const after = prompt.slice(prompt.findLastIndex((message) => message.role === 'user') + 1)
  return after.flatMap((message) => (message.role === 'tool' ? message.content.filter((part) => part.type === 'tool-result') : []))
}
