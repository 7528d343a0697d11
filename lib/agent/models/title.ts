import { type Message, newId, textOf, type Usage } from '#lib/protocol/index.ts'
import type { Model } from '#lib/providers/index.ts'
import type { Observer } from '../observer.ts'

const LONGEST = 60
const DEADLINE_MS = 20_000
const INSTRUCTION =
  'Name this conversation in its own language: two to six words, sentence case, no quotes, no full stop. Reply with the name only.'

/** A title from the first exchange: by the model, or by a plain rule when it is the demo, gives none, or `signal` aborts. Null when nothing was said. */
export async function makeTitle(
  model: Model,
  messages: readonly Message[],
  signal: AbortSignal,
  { usedBeside }: Observer,
): Promise<string | null> {
  const question = messages.find((message) => message.role === 'user')
  if (!question) return null
  const rule = titleFrom(textOf(question.parts))
  if (model.provider === 'demo') return rule
  const answer = messages.find((message) => message.role === 'assistant')
  const onUsage = (usage: Usage) => usedBeside?.({ model, usage })
  return (await askForTitle(model, textOf(question.parts), answer ? textOf(answer.parts) : '', { signal, onUsage })) ?? rule
}

/** The beginning of the text, cut between words. */
export function titleFrom(text: string): string | null {
  const line = text
    .replace(/[#*_`>~[\]]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (line === '') return null
  if (line.length <= LONGEST) return line
  const cut = line.slice(0, LONGEST)
  const space = cut.lastIndexOf(' ')
  return `${(space > LONGEST / 2 ? cut.slice(0, space) : cut)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trimEnd()}…`
}

/** A model that fails to name a conversation costs it nothing: the rule stands in. */
async function askForTitle(
  model: Model,
  question: string,
  answer: string,
  { signal: stop, onUsage }: { signal: AbortSignal; onUsage: (usage: Usage) => void },
): Promise<string | null> {
  const text = `${INSTRUCTION}\n\nThe user said:\n${question.slice(0, 2_000)}\n\nThe answer began:\n${answer.slice(0, 1_000)}`
  const message: Message = {
    id: newId(),
    role: 'user',
    parentId: null,
    createdAt: new Date().toISOString(),
    parts: [{ type: 'text', text: text.toWellFormed() }],
  }
  const signal = AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)])
  let title = ''
  try {
    for await (const event of model.stream({ messages: [message], tools: [], signal })) {
      if (event.type === 'text') title += event.delta
      else if (event.type === 'finish') onUsage(event.usage)
    }
  } catch {
    // Said above: the plain rule is used instead.
    return null
  }
  return titleFrom(title.replace(/["“”«»]/g, '').replace(/\.$/, ''))
}
