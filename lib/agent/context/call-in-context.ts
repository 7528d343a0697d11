import { type Message, type Part, toAppError } from '#lib/protocol/index.ts'
import type { Model, ModelRequest } from '#lib/providers/index.ts'
import type { RunLog } from '../run-log.ts'
import { callModel, type ModelAnswer, type ModelCall, withdraw } from '../step.ts'
import { compact } from './compact.ts'
import { estimateResult, estimateText, estimateTokens, shownMessages } from './context-view.ts'

export interface CompactionOptions {
  /** Tokens that the model can hold, with its answer. */
  contextTokens: number
  /** Writes summaries. */
  summarizer: Model
  /** Where it is told that it gave none, and a rule took its place. */
  onError: (what: string, error: unknown) => void
}

/** From this share of what a model can hold on, the conversation is made shorter for it. */
const FULL = 0.8
/** A model that refuses although there should be room holds less than was thought. */
const MOST_REFUSALS = 3
const MOST_COMPACTIONS = 3

type Request = Omit<ModelRequest, 'signal'>

/**
 * One step's model call with as much of the conversation as the model can take. When that is not all, a marker in the log says what
 * it is shown instead, before the call. Throws what `callModel` throws.
 */
export async function callInContext(
  log: RunLog,
  call: Omit<ModelCall, 'request'>,
  { compaction }: { compaction: CompactionOptions },
  makeRequest: () => Request,
): Promise<ModelAnswer> {
  let room = compaction.contextTokens
  for (let refusals = 0, compactions = 0; ; ) {
    const whole = makeRequest()
    const request = { ...whole, messages: shownMessages(whole.messages) }
    const tokens = tokensOf(log, request)
    const shorten = async (held: number) => {
      // What a worker that died has left of this step would stand before the marker, and never be taken back.
      if (call.step === log.active.step && log.answer.parts.length > log.active.stepStart) await withdraw(log, 1, call.retry.maxAttempts)
      return compact(log, { whole: whole.messages, shown: request.messages, tokens, room: held, ...compaction }, call.signal)
    }
    if (tokens > FULL * room && compactions < MOST_COMPACTIONS && (await shorten(room))) {
      compactions += 1
      continue
    }
    try {
      return await callModel(log, { ...call, usage: log.usage, request })
    } catch (thrown) {
      const error = toAppError(thrown)
      refusals += 1
      if (error.code !== 'provider-context-too-long' || refusals > MOST_REFUSALS || call.signal.aborted) throw thrown
      room = Math.min(room, tokens) * 0.7
      if (!(await shorten(room))) throw thrown
    }
  }
}

/** What the provider counted, and an estimate of what has come since. */
function tokensOf(log: RunLog, { messages, system = '', tools }: Request): number {
  const { measured } = log
  if (measured) {
    // What that call brought is counted; what its tools gave, and the user said since, is not.
    const since = log.answer.parts.slice(measured.from)
    return since.reduce((sum, part) => sum + estimateSince(part), measured.tokens)
  }
  const counted = messages.findLastIndex((message) => message.role === 'assistant' && message.contextTokens !== undefined)
  const last = messages[counted]
  const isCut = messages.slice(counted + 1).some((message: Message) => message.parts.some((part) => part.type === 'compacted'))
  if (last?.role === 'assistant' && last.contextTokens !== undefined && !isCut)
    return last.contextTokens + estimateTokens(messages.slice(counted + 1))
  return estimateTokens(messages) + estimateText(system) + estimateText(JSON.stringify(tools))
}

function estimateSince(part: Part): number {
  if (part.type === 'tool') return estimateResult(part)
  return part.type === 'steer' ? estimateText(part.text) : 0
}
