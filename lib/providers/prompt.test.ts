import { describe, expect, it } from 'vitest'
import type { AssistantMessage, Part } from '#lib/protocol/index.ts'
import { toPrompt } from './prompt.ts'
import { userSays } from './testing/ask.ts'

const asked = { provider: 'openai', model: 'gpt-x' }
const metadata = { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'abc' } }

function answer(parts: Part[], by = asked): AssistantMessage {
  return { id: 'a', role: 'assistant', parentId: 'u', createdAt: '', runId: 'r', joints: [], parts, ...by }
}

const text = (said: string): Part => ({ type: 'text', text: said })
const done = (callId: string, more: object = {}): Part => ({
  type: 'tool',
  callId,
  toolName: 'add',
  status: 'completed',
  args: { a: 1 },
  result: { sum: 2 },
  durationMs: 1,
  ...more,
})

describe('toPrompt', () => {
  it('puts the system first and keeps the order', () => {
    expect(toPrompt({ system: 'Be brief.', messages: [userSays('Hi'), answer([text('Hello')]), userSays('Bye')] }, asked)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      { role: 'user', content: [{ type: 'text', text: 'Bye' }] },
    ])
  })

  it('leaves out what was never said, and joins the users before and after it', () => {
    const broken = answer([{ type: 'reasoning', text: 'hm', startedAt: '', metadata }, text('  ')])
    expect(toPrompt({ messages: [userSays('One'), answer([]), userSays('Two'), broken, userSays('Three')] }, asked)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'One\n\nTwo\n\nThree' }] },
    ])
  })

  it('never has two users in a row, whatever was said in mid-answer', () => {
    const steer = (said: string): Part => ({ type: 'steer', messageId: said, text: said, at: '' })
    const messages = [
      userSays('One'),
      answer([steer('Two'), done('c1'), steer('Three'), steer('Four'), text('Hm.'), steer('Five')]),
      userSays('Six'),
    ]
    expect(toPrompt({ messages }, asked).map(({ role, content }) => [role, (content as { text?: string }[])[0]?.text])).toEqual([
      ['user', 'One\n\nTwo'],
      ['assistant', undefined],
      ['tool', undefined],
      ['user', 'Three\n\nFour'],
      ['assistant', 'Hm.'],
      ['user', 'Five\n\nSix'],
    ])
  })

  it('follows each run of calls with its results, step by step', () => {
    const prompt = toPrompt({ messages: [answer([text('First'), done('c1'), done('c2'), text('Then'), done('c3')])] }, asked)
    expect(
      prompt.map(({ role, content }) => [
        role,
        (content as { type: string; toolCallId?: string }[]).map((part) => part.toolCallId ?? part.type),
      ]),
    ).toEqual([
      ['assistant', ['text', 'c1', 'c2']],
      ['tool', ['c1', 'c2']],
      ['assistant', ['text', 'c3']],
      ['tool', ['c3']],
    ])
  })

  it('says how each call ended', () => {
    const base = { type: 'tool', toolName: 'add' } as const
    const parts: Part[] = [
      done('ok'),
      done('text', { result: 'plain' }),
      { ...base, callId: 'failed', status: 'failed', args: '{"a":', error: 'Not valid.', durationMs: 0 },
      { ...base, callId: 'denied', status: 'denied', args: {}, reason: 'too dear' },
      { ...base, callId: 'running', status: 'running', args: {}, startedAt: '' },
      { ...base, callId: 'pending', status: 'pending', argsText: '{' },
    ]
    const [said, results] = toPrompt({ messages: [answer(parts)] }, asked)
    expect(results?.content).toMatchObject([
      { toolCallId: 'ok', output: { type: 'json', value: { sum: 2 } } },
      { toolCallId: 'text', output: { type: 'text', value: 'plain' } },
      { toolCallId: 'failed', output: { type: 'error-text', value: 'Not valid.' } },
      { toolCallId: 'denied', output: { type: 'error-text', value: expect.stringContaining('too dear') } },
      { toolCallId: 'running', output: { type: 'error-text', value: expect.stringContaining('unknown') } },
    ])
    expect(said?.content).toContainEqual(expect.objectContaining({ toolCallId: 'failed', input: { invalid: '{"a":' } }))
  })

  it('gives a provider back its own marks, and nobody else', () => {
    const parts: Part[] = [
      { type: 'reasoning', text: 'hm', startedAt: '', metadata },
      { type: 'reasoning', text: 'unmarked', startedAt: '' },
      { ...done('call:1'), metadata } as Part,
    ]
    expect(toPrompt({ messages: [answer(parts)] }, asked)[0]?.content).toEqual([
      { type: 'reasoning', text: 'hm', providerOptions: metadata },
      { type: 'tool-call', toolCallId: 'call:1', toolName: 'add', input: { a: 1 }, providerOptions: metadata },
    ])
    expect(toPrompt({ messages: [answer(parts)] }, { provider: 'anthropic', model: 'claude-x' })[0]?.content).toEqual([
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'add', input: { a: 1 } },
    ])
  })

  it.each([
    ['functions.add!', 'functions_add_'],
    ['', 'unknown'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('gives the invented tool %j a name that is taken', (invented, toolName) => {
    const part: Part = { type: 'tool', callId: 'c', toolName: invented, status: 'failed', args: '{}', error: 'No.', durationMs: 0 }
    const messages = toPrompt({ messages: [answer([part])] }, asked)
    expect(messages.map(({ content }) => content[0])).toMatchObject([{ toolName }, { toolName }])
  })

  it('passes files that a provider can read, and names the others', () => {
    const message = userSays('See')
    message.parts.push(
      { type: 'file', url: 'data:image/png;base64,aGk=', mediaType: 'image/png', name: 'a.png' },
      { type: 'file', url: 'https://example.org/b.png', mediaType: 'image/png' },
      { type: 'file', url: '/files/c.pdf', mediaType: 'application/pdf', name: 'c.pdf' },
    )
    expect(toPrompt({ messages: [message] }, asked)[0]?.content).toEqual([
      { type: 'text', text: 'See' },
      { type: 'file', mediaType: 'image/png', filename: 'a.png', data: { type: 'data', data: 'aGk=' } },
      { type: 'file', mediaType: 'image/png', data: { type: 'url', url: new URL('https://example.org/b.png') } },
      { type: 'text', text: '[file: c.pdf]' },
    ])
  })
})
