import { afterEach, expect, test } from 'vitest'
import type { ClaimedRun } from '#lib/agent/index.ts'
import { readConfig } from '#lib/config.ts'
import { AppError, type AssistantMessage, type Message, NO_USAGE, toAppError } from '#lib/protocol/index.ts'
import { report } from '#lib/report.ts'
import { logRuns } from './log-runs.ts'
import { logger, startLogging, stopLogging } from './logger.ts'
import { CANARY, runOnce } from './testing/run-once.ts'

const counts = () => ({ chunks: 0 })

afterEach(stopLogging)

function startTestLog(env: Record<string, string> = {}) {
  let text = ''
  const config = readConfig({ RILL_LOG_FORMAT: 'json', ...env })
  startLogging(config, env, {
    write(line) {
      text += line
    },
  })
  const log = logger()
  if (!log) throw new Error('There is no log.')
  return { observer: logRuns(log, counts(), config.log.withContent), lines: () => text.trimEnd().split('\n'), text: () => text }
}
const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>)

test('the log is one line of JSON for a retry, a tool that failed and the end of a run, and nothing that was said', async () => {
  const { observer, lines, text } = startTestLog()
  const { runId, sessionId } = await runOnce(observer)
  const all = parsed(lines())
  expect(all.map(({ level, msg }) => `${String(level)} ${String(msg)}`)).toEqual([
    'warn model call is made again',
    'warn tool call failed',
    'warn tool call failed',
    'info run ended',
  ])
  for (const line of all) {
    expect(line).toMatchObject({ runId, sessionId, epoch: 1 })
    expect(new Date(String(line.time)).toISOString()).toBe(line.time)
  }
  expect(all[0]).toMatchObject({ code: 'provider-unavailable', attempt: 2, waitMs: expect.any(Number) })
  expect(
    all
      .slice(1, 3)
      .map(({ tool, code }) => [tool, code])
      .sort(),
  ).toEqual([
    ['broken', 'tool-failed'],
    ['unknown', 'tool-refused'],
  ])
  expect(all[3]).toMatchObject({ finishReason: 'stop', steps: 2, inputTokens: 20, outputTokens: 10, durationMs: expect.any(Number) })
  expect(text()).not.toContain(CANARY)
})

test('the log says more at a lower level, and still nothing that was said', async () => {
  const { observer, lines, text } = startTestLog({ RILL_LOG_LEVEL: 'debug' })
  await runOnce(observer)
  expect(parsed(lines()).map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['run began', 'step began', 'model call failed', 'model call answered', 'tool call completed']),
  )
  expect(text()).not.toContain(CANARY)
})

test('the log has the question, the answer, arguments and results when it is asked to', async () => {
  const { observer, lines } = startTestLog({ RILL_LOG_LEVEL: 'debug', RILL_LOG_CONTENT: '1' })
  await runOnce(observer)
  const all = parsed(lines())
  expect(all.find(({ msg }) => msg === 'run began')).toMatchObject({ question: `Where is the ${CANARY}?` })
  expect(all.find(({ tool }) => tool === 'echo')).toMatchObject({ args: { word: CANARY }, result: { word: CANARY } })
  expect(all.find(({ tool }) => tool === 'broken')).toMatchObject({ reason: `No ${CANARY} here` })
  expect(all.at(-1)).toMatchObject({ msg: 'run ended', answer: expect.stringContaining(`Here is your ${CANARY}.`) })
})

test('a run that was taken over says so, and why it is let go', async () => {
  const { observer, lines } = startTestLog()
  const claimed = { id: 'r', sessionId: 's', messageId: 'm', history: [] as Message[] } as ClaimedRun
  observer.beginRun({ ...claimed, epoch: 1 }).end({ status: 'handed-over' })
  observer.beginRun({ ...claimed, epoch: 2 }).end({ status: 'waiting' })
  observer.beginRun({ ...claimed, epoch: 3 }).end({ status: 'refused', error: new AppError('run-fenced', 'Taken over.') })
  expect(parsed(lines()).map(({ level, msg, epoch, code }) => [level, msg, epoch, code])).toEqual([
    ['info', 'run handed over', 1, undefined],
    ['info', 'run taken over', 2, undefined],
    ['info', 'run waits for a person', 2, undefined],
    ['info', 'run taken over', 3, undefined],
    ['warn', 'run let go: the log refused', 3, 'run-fenced'],
  ])
})

test('of a fault of ours the log has where it was, and not what it says', async () => {
  const { observer, lines, text } = startTestLog()
  const run = observer.beginRun({ id: 'r', sessionId: 's', messageId: 'm', epoch: 1, history: [] as Message[] } as ClaimedRun)
  const answer = { id: 'a', role: 'assistant', parentId: null, createdAt: '', parts: [] } as unknown as AssistantMessage
  const error = toAppError(new SyntaxError(`Unexpected token in ${CANARY}`))
  run.end({ status: 'over', finishReason: 'error', steps: 1, usage: NO_USAGE, answer, error })
  expect(parsed(lines())).toMatchObject([{ level: 'error', code: 'internal', stack: expect.stringMatching(/^SyntaxError\n {4}at /) }])
  expect(text()).not.toContain(CANARY)
})

test('a run that failed is a warning with its code', async () => {
  const { observer, lines } = startTestLog()
  await expect(runOnce(observer, [[{ fail: 'provider-auth', recoverable: false }]])).rejects.toMatchObject({ code: 'provider-auth' })
  expect(parsed(lines())).toMatchObject([{ level: 'warn', msg: 'run ended', finishReason: 'error', code: 'provider-auth' }])
})

test('the log has what is reported, with its causes, and no secret', () => {
  const env = { RILL_SECRET: 'a "quoted" secret that signs all cookies', OPENAI_API_KEY: 'sk-of-nobody', RILL_MODEL: 'demo/demo' }
  const { lines, text } = startTestLog(env)
  const cause = Object.assign(new Error(`no route to postgres://rill:pass-word@db/rill with ${env.OPENAI_API_KEY}`), { code: '08006' })
  report(new Error(`It is ${env.RILL_SECRET}`, { cause }))
  report('Only said.')
  expect(parsed(lines())).toMatchObject([
    {
      level: 'error',
      msg: 'It is [redacted]',
      stack: expect.stringMatching(/^ {4}at /),
      cause: { msg: 'no route to postgres://rill:[redacted]@db/rill with [redacted]', code: '08006' },
    },
    { level: 'warn', msg: 'Only said.' },
  ])
  expect(text()).not.toMatch(/quoted|pass-word|sk-of-nobody/)
})

test('the log is text for a terminal: a line of what happened, the stack below', () => {
  const { lines } = startTestLog({ RILL_LOG_FORMAT: 'text' })
  report(new Error('The message was not kept.', { cause: new Error('could not extend file') }))
  logger()?.info({ runId: 'r-1', steps: 2 }, 'run ended')
  expect(lines()[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z error The message was not kept\.$/)
  expect(lines()[1]).toMatch(/^ {4}at /)
  expect(lines()).toContain('  Caused by: could not extend file')
  expect(lines().at(-1)).toMatch(/Z info run ended runId=r-1 steps=2$/)
})
