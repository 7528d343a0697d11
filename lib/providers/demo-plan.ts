import type { LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { expressionIn, type NewCall, namedCalls } from './demo-calls.ts'

/** The list is made, something is worked out, the list is ticked off: so much can be shown by rules. */
const STEPS = ['Read what is asked', 'Work out what can be calculated', 'Say what came of it']
/** How fast people read. */
const WORDS_A_MINUTE = 240

/** True for a question that asks for a list of tasks, or for a plan in steps, and not for tools by their names. */
export function isPlan(question: string): boolean {
  if (namedCalls(question).length > 0) return false
  return /\b(to-?dos?|to do list|task list)\b/i.test(question) || /\bplan\b.{0,200}\bsteps?\b/i.test(question)
}

/** What comes next, by what has been done: one step a call; nothing when all is done. */
export function planCalls(question: string, offered: ReadonlySet<string>, results: readonly LanguageModelV4ToolResultPart[]): NewCall[] {
  const lists = results.filter(({ toolName }) => toolName === 'todo').length
  const isCalculated = !offered.has('calculator') || results.some(({ toolName }) => toolName === 'calculator')
  if (lists === 0) return [writeList(0)]
  if (!isCalculated) return [{ toolName: 'calculator', input: JSON.stringify({ expression: expressionOf(question) }) }]
  if (lists === 1) return [writeList(2)]
  return lists === 2 ? [writeList(3)] : []
}

export function planSummary(results: readonly LanguageModelV4ToolResultPart[]): string {
  const last = results.findLast(({ toolName }) => toolName === 'todo')?.output
  const isDone = last !== undefined && !last.type.startsWith('error')
  return isDone ? `All ${STEPS.length} steps of the list are done.` : 'The list could not be kept.'
}

function writeList(done: number): NewCall {
  const items = STEPS.map((text, index) => ({ text, status: index < done ? 'done' : index === done ? 'in-progress' : 'pending' }))
  return { toolName: 'todo', input: JSON.stringify({ items }) }
}

/** What there is to calculate, and otherwise how long the question takes to read. */
function expressionOf(question: string): string {
  return expressionIn(question) ?? `${question.split(/\s+/).length} / (${WORDS_A_MINUTE} / min) in s`
}
