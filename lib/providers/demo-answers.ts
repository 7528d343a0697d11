import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { callsFor, type DemoCall, namesUnknownTool } from './demo-calls.ts'
import { isPlan, planCalls, planSummary } from './demo-plan.ts'
import { CODE, CONNECT, LIST, longText, TABLE, TRY } from './demo-texts.ts'

export interface DemoAnswer {
  reasoning: string
  text: string
  calls: DemoCall[]
}

/** Some patterns take quadratic time: of a longer question only the beginning is looked at. */
const LONGEST_READ = 2_000

/** What the demo says to a conversation. The same conversation gets the same answer. */
export function answerTo({ prompt, tools }: LanguageModelV4CallOptions): DemoAnswer {
  const results = resultsSince(prompt)
  const whole = lastQuestion(prompt)
  const question = whole.slice(0, LONGEST_READ).toWellFormed()
  const offered = new Set(tools?.map((tool) => tool.name))
  const planned = isPlan(question) && offered.has('todo')
  const wanted = planned ? planCalls(question, offered, results) : results.length > 0 ? [] : callsFor(question, offered)
  const calls = wanted.map((call, index) => ({ toolCallId: `demo-${prompt.length}-${index + 1}`, ...call }))
  if (calls.length > 0) return { reasoning: '', text: results.length > 0 ? '' : announce(calls), calls }
  if (results.length > 0) return { reasoning: '', text: textForResults(results, planned), calls: [] }
  const unknown = namesUnknownTool(question, offered)
  if (unknown !== undefined) return { reasoning: '', text: unknownTool(unknown, offered), calls: [] }
  return { reasoning: reasoningFor(whole), text: textFor(question), calls: [] }
}

function announce(calls: readonly DemoCall[]): string {
  const names = [...new Set(calls.map(({ toolName }) => `\`${toolName}\``))]
  return `Let me use ${names.join(' and ')} for that.`
}

function unknownTool(name: string, offered: ReadonlySet<string>): string {
  return `There is no tool \`${name}\` here. The tools are: ${[...offered].map((one) => `\`${one}\``).join(', ') || 'none'}.`
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

function textForResults(results: LanguageModelV4ToolResultPart[], planned: boolean): string {
  const told = results.filter(({ toolName }) => !(planned && toolName === 'todo')).map(describeResult)
  const parts = [...(planned ? [planSummary(results)] : []), ...told]
  return `${parts.join('\n\n')}\n\nA tool worked that out, in the open, as it would for a real model. I am Rill's **demo model** and only follow rules.\n\n${CONNECT}`
}

function describeResult({ toolName, output }: LanguageModelV4ToolResultPart): string {
  const value = 'value' in output ? output.value : ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (output.type === 'error-text') return `\`${toolName}\` failed: ${text}`
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (fields.expression !== undefined && fields.result !== undefined) return `\`${fields.expression}\` is **${fields.result}**.`
  if (fields.readable !== undefined) return `It is **${fields.readable}**.`
  if (toolName === 'todo') return `The list has ${fields.total} items, ${fields.done} of them done.`
  if (toolName === 'search_conversations' && Array.isArray(fields.hits)) return describeHits(fields.hits)
  if (toolName === 'web_fetch') return `**${plain(fields.title ?? fields.url, 200)}** begins:\n\n${quoted(String(fields.text), 1_000)}`
  return `\`${toolName}\` says: ${text.slice(0, 500).toWellFormed()}`
}

function describeHits(hits: { title?: unknown; role?: unknown; excerpt?: unknown }[]): string {
  if (hits.length === 0) return 'Nothing of that kind was said in your conversations.'
  const lines = hits.map(
    ({ title, role, excerpt }) => `- ${role === 'user' ? 'You' : 'I'}, in “${plain(title ?? 'Untitled', 100)}”: ${plain(excerpt, 200)}`,
  )
  return `This was said:\n\n${lines.join('\n')}`
}

/** Text of others on one line, without what Markdown would make something of. */
function plain(text: unknown, longest: number): string {
  return String(text)
    .slice(0, longest)
    .replace(/[`*_<>[\]|\s]+/g, ' ')
    .toWellFormed()
}

function quoted(text: string, longest: number): string {
  const lines = text.slice(0, longest).toWellFormed().split('\n')
  return lines.map((line) => `> ${line.replace(/[`<>]/g, '')}`).join('\n')
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
