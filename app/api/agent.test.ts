import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import { newId, type RillEvent, type SendMessageResponse, type Snapshot } from '#lib/protocol/index.ts'
import { openRuntime, type Runtime } from '#lib/runtime.ts'
import { tool } from '#lib/tools/index.ts'
import * as approval from './approvals/[approvalId]/route.ts'
import * as decision from './decisions/[decisionId]/route.ts'
import * as decisions from './decisions/route.ts'
import * as file from './files/[fileId]/route.ts'
import * as cancel from './runs/[runId]/cancel/route.ts'
import * as messages from './sessions/[sessionId]/messages/route.ts'
import * as queued from './sessions/[sessionId]/queue/[messageId]/route.ts'
import * as queue from './sessions/[sessionId]/queue/route.ts'
import * as session from './sessions/[sessionId]/route.ts'
import { call, shared, type Visitor, visitor } from './testing/client.ts'

const ASK = 'use calculator {"expression": "6 * 7"}'
const folder = mkdtempSync(join(tmpdir(), 'rill-agent-api-'))
let runtime: Runtime

beforeAll(async () => {
  const config = join(folder, 'rill.config.json')
  writeFileSync(config, JSON.stringify({ approval: { calculator: 'ask' } }))
  runtime = await openRuntime(
    readConfig({ HOST: '127.0.0.1', RILL_DATA_DIR: join(folder, 'data'), RILL_CONFIG: config, RILL_DEMO_TOKENS_PER_SECOND: '0' }),
  )
  runtime.agent.addTool(
    tool({
      name: 'draw',
      description: 'Draws a picture.',
      inputSchema: { type: 'object' },
      execute: (_input, { saveFile }) => saveFile({ data: new Uint8Array([1, 2]), mediaType: 'image/png', name: 'a.png' }),
    }),
  )
  shared.rillRuntime = Promise.resolve(runtime)
})

afterAll(async () => {
  shared.rillRuntime = undefined
  await runtime.stop()
  rmSync(folder, { recursive: true })
})

async function send({ headers, sessionId }: Visitor, text: string): Promise<SendMessageResponse> {
  const response = await call(messages.POST, `/api/sessions/${sessionId}/messages`, { headers, params: { sessionId }, json: { text } })
  expect(response.status).toBe(202)
  return (await response.json()) as SendMessageResponse
}

async function snapshotOf({ headers, sessionId }: Visitor): Promise<Snapshot> {
  return (await (await call(session.GET, `/api/sessions/${sessionId}`, { headers, params: { sessionId } })).json()) as Snapshot
}

/** Resolves with the first event of a type in a session. */
function first<T extends RillEvent['type']>(sessionId: string, type: T): Promise<Extract<RillEvent, { type: T }>> {
  return new Promise((resolve) => {
    const listener = (event: Extract<RillEvent, { type: T }>) => {
      if (event.sessionId !== sessionId) return
      runtime.agent.off(type, listener as never)
      resolve(event)
    }
    runtime.agent.on(type, listener as never)
  })
}

const codeOf = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { error: { code: string } }).error.code,
})

describe('an approval', () => {
  const respond = ({ headers }: Visitor, approvalId: string, json: unknown) =>
    call(approval.POST, `/api/approvals/${approvalId}`, { headers, params: { approvalId }, json })

  async function asked() {
    const owner = await visitor()
    const [request, waiting] = [first(owner.sessionId, 'approval:request'), first(owner.sessionId, 'run:waiting')]
    const { runId } = await send(owner, ASK)
    const { approvalId } = await request
    await waiting
    return { owner, approvalId, runId }
  }

  test('is given once, by its owner, and the call runs', async () => {
    const { owner, approvalId } = await asked()
    const stranger = await visitor()
    expect(await codeOf(await respond(stranger, approvalId, { approved: true }))).toEqual({ status: 404, code: 'not-found' })
    const result = first(owner.sessionId, 'llm:tool-result')
    const answer = await respond(owner, approvalId, { approved: true })
    expect([answer.status, await answer.json()]).toEqual([200, { approved: true }])
    expect(await result).toMatchObject({ success: true, toolName: 'calculator' })
    expect(await codeOf(await respond(owner, approvalId, { approved: false }))).toEqual({ status: 409, code: 'conflict' })
  })

  test('that was never asked, or whose run was stopped, is not there to be given', async () => {
    const { owner, approvalId, runId } = await asked()
    for (const id of [newId(), 'nonsense', '%00']) expect((await respond(owner, id, { approved: true })).status).toBe(404)
    const over = first(owner.sessionId, 'run:complete')
    await call(cancel.POST, `/api/runs/${runId}/cancel`, { headers: owner.headers, params: { runId }, method: 'POST' })
    await over
    expect(await codeOf(await respond(owner, approvalId, { approved: true }))).toEqual({ status: 409, code: 'conflict' })
  })

  test.each([
    [{}],
    [{ approved: 'yes' }],
    [{ approved: true, remember: 'forever' }],
    [{ approved: false, reason: 'x'.repeat(2_001) }],
    [{ approved: false, reason: 'a\u0000b' }],
    [{ approved: true, more: 1 }],
    [[]],
  ])('with %j is refused, and still waits', async (json) => {
    const { owner, approvalId } = await asked()
    expect(await codeOf(await respond(owner, approvalId, json))).toEqual({ status: 400, code: 'invalid-request' })
    expect((await snapshotOf(owner)).activeRun?.answer?.parts.at(-1)).toMatchObject({ status: 'awaiting-approval', approvalId })
  })

  test('with more than a request may have is refused', async () => {
    const { owner, approvalId } = await asked()
    expect((await respond(owner, approvalId, { approved: true, content: { a: 'x'.repeat(1_000_001) } })).status).toBe(413)
  })
})

describe('what was decided for longer', () => {
  const decisionsOf = async ({ headers }: Visitor) =>
    ((await (await call(decisions.GET, '/api/decisions', { headers })).json()) as { decisions: { id: string }[] }).decisions
  const forget = ({ headers }: Visitor, decisionId: string) =>
    call(decision.DELETE, `/api/decisions/${decisionId}`, { headers, method: 'DELETE', params: { decisionId } })

  test('is listed to its user, holds, and is asked about again once it is taken back', async () => {
    const owner = await visitor()
    const ask = async () => {
      const request = first(owner.sessionId, 'approval:request')
      await send(owner, ASK)
      return (await request).approvalId
    }
    const over = first(owner.sessionId, 'run:complete')
    const params = { approvalId: await ask() }
    await call(approval.POST, '/x', { headers: owner.headers, params, json: { approved: false, remember: 'always' } })
    await over
    const [kept] = await decisionsOf(owner)
    expect(kept).toMatchObject({ toolName: 'calculator', approved: false, session: null })
    const refused = first(owner.sessionId, 'llm:tool-result')
    const again = first(owner.sessionId, 'run:complete')
    await send(owner, ASK)
    expect(await refused).toMatchObject({ success: false })
    await again
    const stranger = await visitor()
    expect(await decisionsOf(stranger)).toEqual([])
    for (const id of [kept?.id ?? '', newId(), 'nonsense'])
      expect(await codeOf(await forget(stranger, id))).toEqual({ status: 404, code: 'not-found' })
    expect((await forget(owner, kept?.id ?? '')).status).toBe(204)
    expect((await forget(owner, kept?.id ?? '')).status).toBe(404)
    expect(await decisionsOf(owner)).toEqual([])
    await ask()
  })
})

describe('what waits', () => {
  const change = ({ headers, sessionId }: Visitor, messageId: string, json: unknown) =>
    call(queued.PATCH, `/api/sessions/${sessionId}/queue/${messageId}`, {
      headers,
      method: 'PATCH',
      params: { sessionId, messageId },
      json,
    })
  const remove = ({ headers, sessionId }: Visitor, messageId: string) =>
    call(queued.DELETE, `/api/sessions/${sessionId}/queue/${messageId}`, { headers, method: 'DELETE', params: { sessionId, messageId } })
  const order = ({ headers, sessionId }: Visitor, json: unknown) =>
    call(queue.PUT, `/api/sessions/${sessionId}/queue`, { headers, method: 'PUT', params: { sessionId }, json })

  async function waiting() {
    const owner = await visitor()
    const paused = first(owner.sessionId, 'run:waiting')
    const { messageId: active } = await send(owner, ASK)
    await paused
    const { messageId: one } = await send(owner, 'one')
    const { messageId: two } = await send(owner, 'two')
    return { owner, active, one, two }
  }
  const textsOf = async (owner: Visitor) => (await snapshotOf(owner)).queue.map(({ parts, mode }) => [parts, mode])
  const part = (text: string) => [{ type: 'text', text }]

  test('is edited, moved and removed by its owner', async () => {
    const { owner, one, two } = await waiting()
    expect((await change(owner, one, { text: 'first', mode: 'steer' })).status).toBe(200)
    expect((await order(owner, { messageIds: [two, one] })).status).toBe(200)
    expect(await textsOf(owner)).toEqual([
      [part('two'), 'follow-up'],
      [part('first'), 'steer'],
    ])
    expect((await remove(owner, two)).status).toBeLessThan(300)
    expect(await textsOf(owner)).toEqual([[part('first'), 'steer']])
  })

  test('is nobody else’s, and no other message', async () => {
    const { owner, active, one } = await waiting()
    const stranger = { headers: (await visitor()).headers, sessionId: owner.sessionId }
    const tries = [change(stranger, one, { text: 'x' }), remove(stranger, one), order(stranger, { messageIds: [one] })]
    for (const response of await Promise.all(tries)) expect(response.status).toBe(404)
    expect(await codeOf(await change(owner, active, { text: 'x' }))).toEqual({ status: 409, code: 'conflict' })
    expect(await codeOf(await remove(owner, active))).toEqual({ status: 409, code: 'conflict' })
    for (const id of [newId(), 'nonsense']) expect((await change(owner, id, { text: 'x' })).status).toBe(404)
    expect(await textsOf(owner)).toHaveLength(2)
  })

  test.each([[{}], [{ text: ' ' }], [{ text: 1 }], [{ mode: 'later' }], [{ text: 'x'.repeat(262_145) }]])(
    'is not changed to %#',
    async (json) => {
      const { owner, one } = await waiting()
      expect(await codeOf(await change(owner, one, json))).toEqual({ status: 400, code: 'invalid-request' })
      expect((await order(owner, { messageIds: 'all' })).status).toBe(400)
    },
  )
})

test('a file that a tool gave is its owner’s', async () => {
  const owner = await visitor()
  const result = first(owner.sessionId, 'llm:tool-result')
  await send(owner, 'use draw {}')
  const { url } = (await result).result as { url: string }
  const get = (headers: Record<string, string>, path: string) =>
    call(file.GET, path, { headers, params: { fileId: path.split('/').at(-1) ?? '' } })
  const response = await get(owner.headers, url)
  expect(response.headers.get('content-type')).toBe('image/png')
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2]))
  const { headers } = await visitor()
  for (const path of [url, `/api/files/${newId()}`, '/api/files/nonsense']) expect((await get(headers, path)).status).toBe(404)
})
