import { cleanJson, cleanText, type JsonValue, newId, type ToolPart, toAppError } from '#lib/protocol/index.ts'
import type { Tool, ToolAnswer, ToolContext, ToolQuestion } from '#lib/tools/index.ts'
import type { RunLog } from '../run-log.ts'
import { expiryFrom, FORM_HOURS } from '../store.ts'
import type { Result } from './check-call.ts'
import { PausableTimer } from './pausable-timer.ts'
import { ToolProgress } from './tool-progress.ts'
import { cutResult, messageOf } from './tool-result.ts'
import type { ToolRunner } from './tool-runner.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const LONGEST_QUESTION = 4_000
const GIVEN_UP = { approved: false, reason: 'The tool needs no answer any more.', by: 'tool' } as const

/** Carries out a call that the log shows as running. Never throws for what the tool did; throws when the run is to stop. */
export async function runTool(log: RunLog, { callId, tool }: { callId: string; tool: Tool }, runner: ToolRunner): Promise<Result> {
  const part = log.answer.parts.findLast((one): one is ToolPart => one.type === 'tool' && one.callId === callId)
  if (part?.status !== 'running') throw new TypeError(`The call ${callId} is not running.`)
  const base = { type: 'llm:tool-result', callId, toolName: part.toolName } as const
  const began = performance.now()
  const durationMs = () => Math.round(performance.now() - began)
  const call = new Call(log, { tool, callId, args: part.args }, runner)
  try {
    return { ...base, success: true, result: cutResult(cleanJson(await call.execute())), durationMs: durationMs() }
  } catch (error) {
    runner.signal.throwIfAborted()
    return { ...base, success: false, error: messageOf(error), durationMs: durationMs() }
  } finally {
    await call.end()
  }
}

/** One call while it runs: its deadline, what it shows, what it asks. */
class Call {
  readonly #log: RunLog
  readonly #tool: Tool
  readonly #callId: string
  readonly #args: JsonValue
  readonly #runner: ToolRunner
  readonly #signal: AbortSignal
  readonly #timer: PausableTimer
  readonly #progress: ToolProgress
  readonly #ended = new AbortController()
  #lastQuestion: Promise<unknown> = Promise.resolve()
  /** The approval that is asked for now. */
  #asked: string | undefined

  constructor(log: RunLog, { tool, callId, args }: { tool: Tool; callId: string; args: JsonValue }, runner: ToolRunner) {
    this.#log = log
    this.#tool = tool
    this.#callId = callId
    this.#args = args
    this.#runner = runner
    const deadline = new AbortController()
    const timeoutMs = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS
    this.#signal = AbortSignal.any([runner.signal, deadline.signal])
    this.#timer = new PausableTimer(timeoutMs, () =>
      deadline.abort(new Error(`${tool.name} did not finish within ${timeoutMs / 1_000} s.`)),
    )
    this.#progress = new ToolProgress({ callId, toolName: tool.name }, (event) => log.appendProgress(event))
  }

  /** Ends at the tool's deadline and on abort, even when the tool does not listen. */
  async execute(): Promise<unknown> {
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    this.#signal.addEventListener('abort', () => reject(this.#signal.reason), { once: true, signal: this.#ended.signal })
    this.#signal.throwIfAborted()
    return Promise.race([this.#run(), aborted])
  }

  /** What the tool does from now on counts no more, and what it asked needs no answer. */
  async end(): Promise<void> {
    this.#timer.stop()
    this.#progress.end()
    this.#ended.abort()
    // Where that fails, the end of the run closes it: the call's result must not be lost for it.
    if (this.#asked !== undefined) await this.#runner.store.withdrawApproval(this.#asked).catch(() => {})
  }

  async #run(): Promise<unknown> {
    const output = await this.#tool.execute(this.#tool.parse(this.#args), this.#context())
    return this.#tool.parseOutput ? this.#checked(output) : output
  }

  #checked(output: unknown): unknown {
    try {
      return this.#tool.parseOutput?.(output)
    } catch (error) {
      throw new Error(`${this.#tool.name} ran, and its result is not what it should be: ${messageOf(error)}`, { cause: error })
    }
  }

  #context(): ToolContext {
    const { sessionId } = this.#log.run
    return {
      signal: this.#signal,
      sessionId,
      callId: this.#callId,
      progress: this.#progress.update,
      ask: (question) => {
        // One at a time: a call shows one question.
        const answer = this.#lastQuestion.then(() => this.#ask(question))
        // Who asked is told of a failure; the next question does not depend on it.
        this.#lastQuestion = answer.catch(() => undefined)
        return answer
      },
      saveFile: async (file) => ({ url: `/api/files/${await this.#runner.store.saveFile(sessionId, file)}` }),
    }
  }

  async #ask({ message, schema, signal }: ToolQuestion): Promise<ToolAnswer> {
    this.#signal.throwIfAborted()
    if (signal?.aborted) return { approved: false }
    if (this.#ended.signal.aborted) throw new Error('The call is over: nothing can be asked any more.')
    const goOn = [this.#timer.pause(), this.#runner.pause()]
    try {
      const form = { message: cleanText(String(message)).slice(0, LONGEST_QUESTION), schema: cutResult(cleanJson(schema)) }
      const request = { callId: this.#callId, toolName: this.#tool.name, args: this.#args, form }
      const approvalId = newId()
      const after = this.#log.state.cursor
      await this.#log.settle()
      const expiresAt = expiryFrom(Date.now(), FORM_HOURS)
      this.#asked = approvalId
      await this.#log.catchUp(await this.#runner.store.requestApprovals(this.#log.run, [], [{ ...request, approvalId, expiresAt }]))
      const answer = await this.#answerUnless(signal, approvalId, this.#answerTo(approvalId, after))
      this.#asked = undefined
      return answer
    } finally {
      for (const resume of goOn) resume()
    }
  }

  /** The tool needs no answer any more: that is the answer, unless a person's was first. */
  async #answerUnless(signal: AbortSignal | undefined, approvalId: string, answer: Promise<ToolAnswer>): Promise<ToolAnswer> {
    if (!signal) return answer
    const { promise: failed, reject } = Promise.withResolvers<never>()
    const giveUp = () =>
      this.#runner.store.decide(approvalId, GIVEN_UP).catch((error) => {
        if (toAppError(error).code !== 'conflict') reject(error)
      })
    signal.addEventListener('abort', giveUp, { once: true, signal: this.#ended.signal })
    if (signal.aborted) void giveUp()
    try {
      return await Promise.race([answer, failed])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** It may come from any instance: it is read from the log. */
  async #answerTo(approvalId: string, after: number): Promise<ToolAnswer> {
    const signal = AbortSignal.any([this.#signal, this.#ended.signal])
    for await (const followed of this.#runner.store.log.follow(this.#log.run.sessionId, { after, signal })) {
      if (followed.type === 'reset') break
      for (const { event } of followed.entries) {
        if (event.type !== 'approval:response' || event.approvalId !== approvalId) continue
        if (event.approved) return { approved: true, content: event.content ?? {} }
        return { approved: false, ...(event.reason !== undefined && { reason: event.reason }) }
      }
    }
    signal.throwIfAborted()
    throw new Error('The answer to the question cannot be read any more.')
  }
}
