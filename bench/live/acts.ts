import type { Snapshot } from '#lib/protocol/index.ts'
import type { ScriptedProvider } from '../lib/provider.ts'
import type { Browsers, Sight } from './browsers.ts'

/** One thing that is done again and again: `act` resolves when it is done, and `sight` is what is seen of it then. */
export interface Act {
  name: string
  /** Makes everything ready for the next time. */
  prepare(time: number): Promise<{ sight: Sight; act: () => Promise<unknown> }>
  finish?(): Promise<void>
}

const WORDS = 'article[aria-label="You"]'
const LINK = '.session-link'

/** What the acts have in common: a session that is open in all pages, and calls to the API. */
export async function openSession(browsers: Browsers, title: string) {
  const { request } = browsers
  async function ask<T = unknown>(method: string, path: string, data?: object): Promise<T> {
    const response = await request.fetch(path, { method, ...(data && { data }) })
    if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`)
    return (response.status() === 204 ? undefined : await response.json()) as T
  }
  const newSession = async (named: string) => (await ask<{ id: string }>('POST', '/api/sessions', { title: named })).id
  const id = await newSession(title)
  const path = `/api/sessions/${id}`
  const snapshot = () => ask<Snapshot>('GET', path)
  async function untilAnswered(): Promise<void> {
    for (let state = await snapshot(); state.activeRun || state.queue.length > 0; state = await snapshot()) await pause(50)
  }
  const send = (text: string, more: object = {}) => ask<{ messageId: string }>('POST', `${path}/messages`, { text, ...more })
  await browsers.open(`/chat/${id}`)
  return { id, path, ask, newSession, snapshot, untilAnswered, send }
}

/** On a server whose provider can be held. */
export async function conversationActs(browsers: Browsers, provider: ScriptedProvider): Promise<(() => Promise<Act>)[]> {
  return [
    async () => {
      const { send, untilAnswered } = await openSession(browsers, 'Text')
      let shown = 10
      let release = provider.hold(shown)
      await send('Count')
      return {
        name: 'a piece of an answer',
        async prepare() {
          const sight = { selector: 'article[aria-label="Answer being written"]', text: `w${shown} ` }
          return {
            sight,
            async act() {
              shown += 1
              release()
              release = provider.hold(shown)
            },
          }
        },
        async finish() {
          release()
          await untilAnswered()
        },
      }
    },
    async () => {
      const { send, untilAnswered } = await openSession(browsers, 'Messages')
      return {
        name: 'a message',
        async prepare(time) {
          await untilAnswered()
          return { sight: { selector: WORDS, text: `Said ${time}.` }, act: () => send(`Said ${time}.`) }
        },
        finish: untilAnswered,
      }
    },
    async () => {
      const { send, untilAnswered } = await openSession(browsers, 'Edits')
      let { messageId } = await send('Said first')
      return {
        name: 'an edit, on a branch of its own',
        async prepare(time) {
          await untilAnswered()
          const text = `Anew ${time}.`
          const act = async () => {
            messageId = (await send(text, { replaces: messageId })).messageId
          }
          return { sight: { selector: WORDS, text }, act }
        },
        finish: untilAnswered,
      }
    },
    async () => {
      const { send, untilAnswered, ask, path } = await openSession(browsers, 'Branches')
      const { messageId: one } = await send('The one.')
      await untilAnswered()
      const { messageId: other } = await send('The other.', { replaces: one })
      await untilAnswered()
      return {
        name: 'another branch is shown',
        async prepare(time) {
          const [messageId, text] = time % 2 === 0 ? [one, 'The one.'] : [other, 'The other.']
          return { sight: { selector: WORDS, text }, act: () => ask('POST', `${path}/branch`, { messageId }) }
        },
      }
    },
    async () => {
      const { send, untilAnswered, ask, path } = await openSession(browsers, 'Queue')
      const release = provider.hold(5)
      await send('Count')
      return {
        name: 'a message that waits',
        async prepare(time) {
          const text = `Waits ${time}.`
          return { sight: { selector: '.queue-text', text }, act: () => send(text) }
        },
        async finish() {
          const { queue } = await ask<Snapshot>('GET', path)
          for (const { id } of queue) await ask('DELETE', `${path}/queue/${id}`)
          release()
          await untilAnswered()
        },
      }
    },
    async () => {
      const { ask, path } = await openSession(browsers, 'Titles')
      return {
        name: 'a title, in the list',
        async prepare(time) {
          const title = `Called ${time}.`
          return { sight: { selector: LINK, text: title }, act: () => ask('PATCH', path, { title }) }
        },
      }
    },
    async () => {
      const { send, untilAnswered, ask, path } = await openSession(browsers, 'Deletions')
      return {
        name: 'a message is deleted',
        async prepare(time) {
          const text = `Goes ${time}.`
          const { messageId } = await send(text)
          await untilAnswered()
          await everyoneSees(browsers, { selector: WORDS, text })
          return { sight: { selector: WORDS, text, isGone: true }, act: () => ask('DELETE', `${path}/messages/${messageId}`) }
        },
      }
    },
    async () => {
      const { newSession, ask } = await openSession(browsers, 'Deleted sessions')
      return {
        name: 'a session is deleted, in the list',
        async prepare(time) {
          const text = `Leaves ${time}.`
          const id = await newSession(text)
          await everyoneSees(browsers, { selector: LINK, text })
          return { sight: { selector: LINK, text, isGone: true }, act: () => ask('DELETE', `/api/sessions/${id}`) }
        },
      }
    },
  ]
}

/** On a server that asks before it calculates. */
export async function approvalAct(browsers: Browsers): Promise<Act> {
  const { send, untilAnswered, ask, snapshot } = await openSession(browsers, 'Approvals')
  return {
    name: 'an approval is given',
    async prepare() {
      await untilAnswered()
      await send('use calculator {"expression": "6 * 7"}')
      await everyoneSees(browsers, { selector: '.approval', text: '' })
      const { activeRun } = await snapshot()
      const asking = activeRun?.answer?.parts.find((part) => part.type === 'tool' && part.status === 'awaiting-approval')
      if (asking?.type !== 'tool' || asking.status !== 'awaiting-approval') throw new Error('Nothing is asked.')
      const path = `/api/approvals/${asking.approvalId}`
      return { sight: { selector: '.approval', text: '', isGone: true }, act: () => ask('POST', path, { approved: true }) }
    },
    finish: untilAnswered,
  }
}

async function everyoneSees({ lookers }: Browsers, { selector, text }: Sight): Promise<void> {
  for (const page of lookers) await page.locator(selector).filter({ hasText: text }).first().waitFor()
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
