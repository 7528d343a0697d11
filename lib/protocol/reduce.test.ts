import { describe, expect, test } from 'vitest'
import { needsSnapshot } from './branches.ts'
import { emptyState } from './empty-state.ts'
import type { NewEvent, RillEvent } from './events.ts'
import type { UserMessage } from './messages.ts'
import { textOf } from './parts.ts'
import { reduce, reduceAll } from './reduce.ts'
import { type SessionState, sessionState } from './state.ts'

const sessionId = '01a20abc-0000-7000-8000-000000000000'
const at = '2026-11-23T12:00:00.000Z'
const later = '2026-11-23T12:00:04.000Z'
const session = { id: sessionId, title: null, createdAt: at, updatedAt: at }
const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }

function log(...events: (NewEvent & { at?: string })[]): RillEvent[] {
  return events.map((event, index) => ({ at, ...event, sessionId, seq: index + 1 }) as RillEvent)
}

function said(id: string, runId: string, parentId: string | null = null): NewEvent {
  const message: UserMessage = { id, role: 'user', parentId, createdAt: at, parts: [{ type: 'text', text: `words of ${id}` }] }
  return { type: 'message:created', runId, message }
}

function started(runId: string, epoch = 1, parentId = 'm1'): NewEvent {
  return { type: 'run:started', runId, provider: 'demo', model: 'demo', messageId: `answer-${runId}`, parentId, epoch }
}
const thinking = (runId: string, step = 1): NewEvent => ({ type: 'llm:thinking', runId, step, usage })
const chunk = (runId: string, content: string, chunkType: 'text' | 'reasoning' = 'text'): NewEvent => ({
  type: 'llm:chunk',
  runId,
  content,
  chunkType,
})
const complete = (runId: string, finishReason: 'stop' | 'cancelled' = 'stop'): NewEvent => ({
  type: 'run:complete',
  runId,
  finishReason,
  stepCount: 1,
  durationMs: 9,
})
const fold = (...events: (NewEvent & { at?: string })[]) => reduceAll(emptyState(session), log(...events))

describe('reduce', () => {
  test('a whole run: pending, thinking, writing, settled', () => {
    const events = log(said('m1', 'r1'), started('r1'), thinking('r1'), chunk('r1', 'Hel'), chunk('r1', 'lo'), complete('r1'))
    const states = events.map((_, index) => reduceAll(emptyState(session), events.slice(0, index + 1)))
    expect(states.map((state) => state.activeRun?.phase)).toEqual(['pending', 'thinking', 'thinking', 'writing', 'writing', undefined])
    expect(states.at(-1)?.messages).toMatchObject([
      { role: 'user', id: 'm1' },
      { role: 'assistant', id: 'answer-r1', finishReason: 'stop', durationMs: 9, parts: [{ type: 'text', text: 'Hello' }] },
    ])
    for (const state of states) expect(sessionState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })

  test('an event that was folded before changes nothing', () => {
    const events = log(said('m1', 'r1'), started('r1'), thinking('r1'), chunk('r1', 'once'))
    const state = reduceAll(emptyState(session), events)
    expect(reduceAll(state, events)).toBe(state)
  })

  test('resuming from the state at any cursor gives the same state', () => {
    const events = log(
      said('m1', 'r1'),
      started('r1'),
      thinking('r1'),
      chunk('r1', 'a'),
      said('m2', 'r2'),
      chunk('r1', 'b'),
      complete('r1'),
      { type: 'message:dequeued', runId: 'r2', messageId: 'm2', mode: 'follow-up' },
      started('r2'),
      chunk('r2', 'c'),
    )
    const whole = reduceAll(emptyState(session), events)
    for (let cut = 0; cut <= events.length; cut += 1) {
      const state = JSON.parse(JSON.stringify(reduceAll(emptyState(session), events.slice(0, cut))))
      expect(reduceAll(state, events.slice(Math.max(0, cut - 2)))).toEqual(whole)
    }
  })

  test('reasoning and text are parts of their own, and reasoning knows how long it took', () => {
    const state = fold(said('m1', 'r1'), started('r1'), thinking('r1'), chunk('r1', 'hm', 'reasoning'), { ...chunk('r1', 'So'), at: later })
    expect(state.activeRun?.answer?.parts).toEqual([
      { type: 'reasoning', text: 'hm', startedAt: at, endedAt: later },
      { type: 'text', text: 'So' },
    ])
  })

  test('a tool call goes from partial arguments to its result', () => {
    const call = { runId: 'r1', callId: 'c1', toolName: 'calculator' }
    const events = log(
      said('m1', 'r1'),
      started('r1'),
      thinking('r1'),
      { type: 'llm:tool-call-partial', ...call, argsDelta: '{"a"' },
      { type: 'llm:tool-call-partial', ...call, argsDelta: ':1}' },
      { type: 'llm:tool-call', ...call, args: { a: 1 } },
      { type: 'llm:tool-result', ...call, success: true, result: 2, durationMs: 5 },
    )
    const parts = events.map((_, index) => reduceAll(emptyState(session), events.slice(0, index + 1)).activeRun?.answer?.parts[0])
    expect(parts.slice(3)).toEqual([
      { type: 'tool', callId: 'c1', toolName: 'calculator', status: 'pending', argsText: '{"a"' },
      { type: 'tool', callId: 'c1', toolName: 'calculator', status: 'pending', argsText: '{"a":1}' },
      { type: 'tool', callId: 'c1', toolName: 'calculator', status: 'running', args: { a: 1 }, startedAt: at },
      { type: 'tool', callId: 'c1', toolName: 'calculator', status: 'completed', args: { a: 1 }, result: 2, durationMs: 5 },
    ])
  })

  test('a retry keeps the text until a discard withdraws it, and only that of its step', () => {
    const retrying = (discard: boolean): NewEvent => ({
      type: 'llm:retrying',
      runId: 'r1',
      attempt: 2,
      maxAttempts: 3,
      waitMs: 1_000,
      error: { code: 'provider-cut', message: 'cut' },
      discard,
    })
    const before = [said('m1', 'r1'), started('r1'), thinking('r1'), chunk('r1', 'kept'), thinking('r1', 2), chunk('r1', 'broken')]
    const waiting = fold(...before, retrying(false))
    expect(waiting.activeRun).toMatchObject({ phase: 'retrying', retry: { attempt: 2, at: '2026-11-23T12:00:01.000Z' } })
    expect(textOf(waiting.activeRun?.answer?.parts ?? [])).toBe('keptbroken')
    const again = fold(...before, retrying(false), thinking('r1', 2), retrying(true), chunk('r1', 'whole'))
    expect(again.activeRun).toMatchObject({ phase: 'writing' })
    expect(again.activeRun?.retry).toBeUndefined()
    expect(textOf(again.activeRun?.answer?.parts ?? [])).toBe('keptwhole')
  })

  test('a takeover leaves a joint, and the broken step is written again', () => {
    const state = fold(
      said('m1', 'r1'),
      started('r1'),
      thinking('r1'),
      chunk('r1', 'half'),
      started('r1', 2),
      thinking('r1'),
      {
        type: 'llm:retrying',
        runId: 'r1',
        attempt: 1,
        maxAttempts: 3,
        waitMs: 0,
        error: { code: 'provider-cut', message: 'cut' },
        discard: true,
      },
      chunk('r1', 'whole'),
    )
    expect(state.activeRun).toMatchObject({ epoch: 2, answer: { joints: [0], parts: [{ type: 'text', text: 'whole' }] } })
  })

  test.each([true, false])('a run that waited for an answer was not lost, whether that is yes or no (%s)', (approved) => {
    const call = { runId: 'r1', callId: 'c1', toolName: 'echo' }
    const refusal: NewEvent[] = [{ type: 'llm:tool-result', ...call, success: false, error: 'denied', durationMs: 0 }]
    const state = fold(
      said('m1', 'r1'),
      started('r1'),
      thinking('r1'),
      { type: 'llm:tool-call', ...call, args: {} },
      { type: 'approval:request', ...call, args: {}, approvalId: 'a1', expiresAt: later },
      { type: 'run:waiting', runId: 'r1' },
      { type: 'approval:response', runId: 'r1', approvalId: 'a1', approved, by: 'u1' },
      ...(approved ? [] : refusal),
      started('r1', 2),
    )
    expect(state.activeRun).toMatchObject({ epoch: 2, phase: 'thinking', answer: { joints: [] } })
  })

  test('a message that comes while a run is active waits, and takes its place when its turn comes', () => {
    const queued = fold(said('m1', 'r1'), started('r1'), said('m2', 'r2'), {
      type: 'message:queued',
      runId: 'r2',
      messageId: 'm2',
      mode: 'follow-up',
    })
    expect(queued.queue.map((message) => message.id)).toEqual(['m2'])
    const next = fold(said('m1', 'r1'), started('r1'), said('m2', 'r2'), complete('r1'), {
      type: 'message:dequeued',
      runId: 'r2',
      messageId: 'm2',
      mode: 'follow-up',
    })
    expect(next.queue).toEqual([])
    expect(next.messages.map((message) => message.id)).toEqual(['m1', 'answer-r1', 'm2'])
    expect(next.messages.at(-1)?.parentId).toBe('answer-r1')
    expect(next.activeRun).toMatchObject({ id: 'r2', phase: 'pending' })
  })

  test('a run that ends leaves nothing under way', () => {
    const call = { runId: 'r1', callId: 'c1', toolName: 'slow' }
    const state = fold(
      said('m1', 'r1'),
      started('r1'),
      thinking('r1'),
      { type: 'llm:tool-call', ...call, args: {} },
      { type: 'llm:tool-call-partial', ...call, callId: 'c2', argsDelta: '{' },
      complete('r1', 'cancelled'),
    )
    expect(state.messages.at(-1)?.parts).toMatchObject([
      { status: 'failed', args: {} },
      { status: 'failed', args: '{' },
    ])
  })

  test('events of another run than the active one change no part', () => {
    const state = fold(said('m1', 'r1'), started('r1'), chunk('r2', 'stray'))
    expect(state.activeRun?.answer?.parts).toEqual([])
    expect(state.cursor).toBe(3)
  })

  test('the cost of a chunk does not depend on what was said before', () => {
    const base = fold(said('m1', 'r1'), started('r1'))
    const long = { ...base, messages: Array.from({ length: 10_000 }, () => base.messages).flat() }
    const next = reduce(long, log(said('x', 'r1'), started('r1'), chunk('r1', 'a'))[2] as RillEvent)
    expect(next.messages).toBe(long.messages)
  })
})

describe('branches', () => {
  const exchange = (id: string, parentId: string | null) => [
    said(id, `r-${id}`, parentId),
    started(`r-${id}`, 1, id),
    chunk(`r-${id}`, id),
    complete(`r-${id}`),
  ]
  const twoExchanges = [...exchange('m1', null), ...exchange('m2', 'answer-r-m1')]
  const ids = ({ messages }: SessionState) => messages.map(({ id }) => id)

  test('a message takes the place of what stood behind its parent, and says that it is there', () => {
    const state = fold(...twoExchanges, ...exchange('m3', 'answer-r-m1'), ...exchange('m4', 'answer-r-m3'))
    expect(ids(state)).toEqual(['m1', 'answer-r-m1', 'm3', 'answer-r-m3', 'm4', 'answer-r-m4'])
    expect(state.branches).toEqual({ 'answer-r-m1': ['m2', 'm3'] })
  })

  test('of branches in what is not shown any more, nothing is said', () => {
    const state = fold(...twoExchanges, ...exchange('m3', 'answer-r-m1'), ...exchange('m5', null))
    expect(ids(state)).toEqual(['m5', 'answer-r-m5'])
    expect(state.branches).toEqual({ '': ['m1', 'm5'] })
  })

  test('an answer that is given again is one of the ways from its first moment', () => {
    const again = [...twoExchanges, { type: 'run:created', runId: 'r9', messageId: 'm1', answerId: 'answer-r9' } satisfies NewEvent]
    expect(fold(...again)).toMatchObject({
      messages: [{ id: 'm1' }],
      branches: { m1: ['answer-r-m1', 'answer-r9'] },
      activeRun: { id: 'r9', phase: 'pending', answer: null },
    })
    const state = fold(...again, started('r9'), chunk('r9', 'x'), complete('r9'))
    expect(ids(state)).toEqual(['m1', 'answer-r9'])
    expect(state.branches).toEqual({ m1: ['answer-r-m1', 'answer-r9'] })
  })

  test('a log of an earlier version, which does not say that an answer is given again, folds alike', () => {
    const state = fold(...exchange('m1', null), started('r9'), chunk('r9', 'x'), complete('r9'))
    expect(ids(state)).toEqual(['m1', 'answer-r9'])
    expect(state.branches).toEqual({ m1: ['answer-r-m1', 'answer-r9'] })
  })

  test('a conversation that goes on at its end makes nothing anew', () => {
    const before = fold(...twoExchanges, ...exchange('m3', 'answer-r-m1'))
    const [next] = log(said('m4', 'r4', 'answer-r-m3'))
    expect(reduce(before, { ...next, seq: before.cursor + 1 } as RillEvent).branches).toBe(before.branches)
  })

  test('what follows a deleted message follows what it followed', () => {
    const state = fold(...twoExchanges, ...exchange('m3', 'answer-r-m2'), { type: 'message:deleted', messageIds: ['m2', 'answer-r-m2'] })
    expect(state.messages.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['m1', null],
      ['answer-r-m1', 'm1'],
      ['m3', 'answer-r-m1'],
      ['answer-r-m3', 'm3'],
    ])
    const first = fold(...twoExchanges, { type: 'message:deleted', messageIds: ['m1', 'answer-r-m1'] })
    expect(first.messages[0]).toMatchObject({ id: 'm2', parentId: null })
  })

  test('a reader asks for a snapshot when the log cannot tell, and only then', () => {
    const state: SessionState = { ...fold(...twoExchanges), hasOlder: true }
    const asks = (event: NewEvent, seq = state.cursor + 1) => needsSnapshot(state, { ...log(event)[0], seq } as RillEvent)
    expect(asks({ type: 'session:branch-selected', messageId: 'm1' })).toBe(true)
    expect(asks({ type: 'session:branch-selected', messageId: 'm1' }, state.cursor)).toBe(false)
    expect(asks({ type: 'message:deleted', messageIds: ['m1'] })).toBe(true)
    expect(asks({ type: 'message:restored', messageIds: ['m1'] })).toBe(true)
    expect(asks(said('m9', 'r9', 'answer-r-m2'))).toBe(false)
    expect(asks(said('m9', 'r9', 'm1'))).toBe(false)
    expect(asks(said('m9', 'r9', 'not loaded'))).toBe(true)
    expect(asks(said('m9', 'r9', null))).toBe(true)
    expect(asks({ type: 'run:created', runId: 'r9', messageId: 'not loaded', answerId: 'a' })).toBe(true)
    expect(asks({ type: 'run:created', runId: 'r9', messageId: 'm2', answerId: 'a' })).toBe(false)
    expect(asks(started('r9', 1, 'not loaded'))).toBe(true)
    expect(asks({ type: 'message:rated', messageId: 'not loaded', rating: 'up' })).toBe(false)
  })
})
