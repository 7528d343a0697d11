import type { Page } from '@playwright/test'
import { answers, expect, liveAnswer, test } from './fixtures.ts'
import { lookHere } from './looks.ts'
import { openScriptedSession, run, type ScriptedLog } from './scripted-log.ts'

const LONG_WORD = 'x'.repeat(300)

const TASKS = {
  items: [
    { text: 'Read the billing job', status: 'done' },
    { text: 'Add the column', status: 'done' },
    { text: 'Write the tests', status: 'in-progress' },
    { text: 'Write the rollback', status: 'pending' },
    { text: 'Ask before it runs', status: 'pending' },
  ],
}

const SERVERS = [
  {
    name: 'everything',
    status: 'ready',
    tools: 12,
    resources: 10,
    prompts: 3,
    notes: ['The tool "get weather" was left out: its name is too long.'],
  },
  {
    name: 'postgres',
    status: 'failed',
    error: 'The program ended with 1: no such database.',
    nextAttemptAt: new Date(Date.now() + 45_000).toISOString(),
    tools: 0,
    resources: 0,
    prompts: 0,
    notes: [],
  },
  { name: 'tickets', status: 'needs-sign-in', tools: 0, resources: 0, prompts: 0, notes: [] },
  { name: 'archive', status: 'disabled', tools: 0, resources: 0, prompts: 0, notes: [] },
]

const LISTED = [
  ['Move the billing job to a queue', true, true],
  ['Compare three vector indexes', true, false],
  ['Letter to the landlord', false, false],
].map(([title, active, waiting]) => ({
  id: crypto.randomUUID(),
  title,
  active,
  waiting,
  opening: null,
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
}))

const FORM = {
  message: 'Which seat would you like? The train leaves in 20 minutes.',
  schema: {
    type: 'object',
    required: ['name', 'seats', 'extras'],
    properties: {
      name: { type: 'string', title: 'Your name', description: 'As it stands on the ticket.', minLength: 2 },
      email: { type: 'string', title: 'Email', format: 'email' },
      day: { type: 'string', title: 'Day', format: 'date' },
      seats: { type: 'integer', title: 'Seats', minimum: 1, maximum: 9, default: 2 },
      zone: { type: 'string', title: 'Zone', enum: ['q', 'f'], enumNames: ['Quiet', 'Family'] },
      extras: { type: 'array', title: 'Extras', minItems: 1, items: { type: 'string', enum: ['bike', 'dog'] } },
      window: { type: 'boolean', title: 'At the window' },
    },
  },
}

/** Each state, and what shows that it is there. */
const STATES: Record<string, (page: Page, log: ScriptedLog) => Promise<void>> = {
  async rows(page, log) {
    log.append(
      ...run.begins('Move the billing job to a queue, please, and check what others did.'),
      run.says('I look first at what was said before, and at what the database holds.'),
      run.calls('c1', 'search_conversations', { query: 'billing deploy retry' }),
      run.calls('c2', 'postgres__describe_table', { schema: 'public', table: 'invoice' }),
      run.calls('c3', `${'archive'.repeat(4)}__${'fetch_everything_'.repeat(4)}`, { path: LONG_WORD, deep: true }),
      run.calls('c4', 'web_fetch', { url: 'https://example.org/queues' }),
      run.calls('c5', 'everything__longRunningOperation', { duration: 20, steps: 10 }),
      run.calls('c6', 'shell', { command: 'npm test' }),
      run.returns('c1', { conversations: [] }),
      run.returns('c2', { columns: ['id', 'due'] }, 1_204),
      run.asks('c3', { path: LONG_WORD, deep: true }),
      run.isAnswered('c3', false, 'Not on the archive.'),
      run.fails('c4', 'The page did not answer for 30 s.'),
      run.progresses('c5', { done: 4, total: 10 }),
      run.progresses('c6', { text: '✓ log/bus.test.ts (12 tests)\n✓ log/merge.test.ts (4 tests)\n' }),
      run.progresses('c6', { text: `✓ sse/decode.test.ts (31 tests) ${LONG_WORD}` }),
    )
    await expect(liveAnswer(page)).toContainText('sse/decode.test.ts')
    await expect(page.getByRole('progressbar')).toHaveAttribute('value', '4')
  },
  async 'rows that are open'(page, log) {
    await STATES.rows?.(page, log)
    const image = { type: 'image', url: 'https://elsewhere.example/pixel.png', mediaType: 'image/png' }
    const table = Array.from({ length: 250 }, (_, id) => ({ id, name: `row ${id}`, tags: ['a', 'b'] }))
    log.append(
      run.returns('c5', { content: [{ type: 'text', text: 'Done in 10 steps.' }, image], structuredContent: { steps: 10, ok: true } }),
      run.calls('c7', 'query', { sql: 'select * from invoice' }),
      run.returns('c7', { rows: table, note: LONG_WORD.repeat(3), none: null, nested: { deep: { deeper: [1.5, true] } } }),
    )
    for (const name of ['search', 'archive', 'web_fetch', 'longRunning', 'shell', 'query'])
      await page
        .getByRole('button', { name: new RegExp(`^\\S+ ${name}|· ${name}|${name}`) })
        .first()
        .click()
    const rows = page.locator('summary', { hasText: 'rows' })
    await rows.click()
    await page.locator('summary', { hasText: '100 … 199' }).click()
    await page.locator('summary', { hasText: /^100 (?!…)/ }).click()
    await expect(liveAnswer(page)).toContainText('row 100')
    await expect(liveAnswer(page).getByRole('link', { name: /elsewhere/ })).toBeVisible()
  },
  async approval(page, log) {
    const args = { database: 'staging', sql: 'ALTER TABLE invoice\n  ADD COLUMN charge_key text UNIQUE', note: 'safe\u202E\u200B.sql' }
    log.append(
      ...run.begins('Do it for the staging database, please.'),
      run.says('I will add the column first. This changes data, so I am asking before I run it.'),
      run.calls('c1', 'postgres__execute', { ...args, options: { dry: false, retries: [1, 2] }, limit: 5, empty: '' }),
      run.asks('c1', { ...args, options: { dry: false, retries: [1, 2] }, limit: 5, empty: '' }),
      run.calls('c2', 'mail__send', { to: 'all@example.org', [LONG_WORD.slice(0, 60)]: LONG_WORD }),
      run.asks('c2', { to: 'all@example.org', [LONG_WORD.slice(0, 60)]: LONG_WORD }),
      run.waits,
    )
    await expect(page.getByRole('group', { name: 'postgres · execute waits for your approval' })).toContainText('U+202E')
    await expect(page).toHaveTitle(/^Waits for you · /)
    // React does this when it hydrates the server's title, which may be late.
    await page.evaluate(() => {
      document.title = 'What the server said'
    })
    await expect(page).toHaveTitle(/^Waits for you · /)
    await page.getByRole('button', { name: 'Deny…' }).last().click()
    await expect(page.getByLabel('Why not')).toBeFocused()
  },
  async form(page, log) {
    log.append(
      ...run.begins('Book me a seat.'),
      run.calls('c1', 'trains__book', { train: 'ICE 73' }),
      run.asks('c1', { train: 'ICE 73' }, FORM),
    )
    const form = page.getByRole('group', { name: 'trains · book asks you' })
    await form.getByLabel('Your name').fill('Ada')
    await form.getByRole('button', { name: 'Submit' }).click()
    await expect(form.getByText('Choose at least 1.')).toBeVisible()
  },
  async 'queue, list and steering'(page, log) {
    log.append(
      ...run.begins('Write it, with tests.'),
      run.says('I begin with the column, then come the tests.'),
      run.hears('s0', 'Use the other database, and mind the old rows.'),
      run.calls('c1', 'todo', TASKS),
      run.returns('c1', null),
      run.summarises('The user wants the billing job moved to a queue.\n\n- Staging first\n- Nobody is charged twice'),
      run.says('Now the tests.'),
      ...run.queues('q1', 'not in the legacy folder', 'steer'),
      ...run.queues('q2', `and write the rollback, too ${LONG_WORD}`, 'follow-up'),
      ...['q3', 'q4', 'q5', 'q6'].flatMap((id) => run.queues(id, `then number ${id}`, 'follow-up')),
    )
    const waiting = page.getByRole('list', { name: 'What waits' }).getByRole('listitem')
    await expect(waiting).toHaveCount(6)
    await waiting
      .nth(1)
      .getByRole('button', { name: /^and write/ })
      .click()
    await page.getByText('2 of 5 done · Write the tests').last().click()
    await expect(page.locator('.todo-strip').getByText('Write the rollback')).toBeVisible()
  },
  async 'an edit of what waits'(page, log) {
    log.append(...run.begins('Write it.'), run.says('I begin.'), ...run.queues('q1', 'and the rollback', 'follow-up'))
    await page.getByRole('button', { name: 'Edit “and the rollback”' }).click()
    await page.getByLabel('Edit what waits').fill('and write the rollback for it, too')
  },
  async 'a limit'(page, log) {
    log.append(
      ...run.begins('Go on.'),
      run.calls('c1', 'todo', TASKS),
      run.returns('c1', null),
      run.says('So far, so good.'),
      ...run.ends('max-steps', 'tokens'),
    )
    await expect(answers(page)).toContainText('Paused after as many tokens as one answer may use.')
    await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible()
    await page.getByRole('button', { name: /todo/ }).click()
  },
  async servers(page) {
    if ((page.viewportSize()?.width ?? 0) < 700) await page.getByRole('button', { name: 'Sessions', exact: true }).click()
    await page.getByRole('button', { name: 'Tools 12 a server failed' }).click()
    await expect(page.getByRole('dialog', { name: 'Tools' }).getByRole('listitem')).toHaveCount(4)
  },
}

for (const [state, show] of Object.entries(STATES)) {
  test(`${state}: wide and narrow, light and dark; all fits, and axe finds nothing`, async ({ page }) => {
    await page.route('**/api/sessions', (route) =>
      route.request().method() === 'GET' ? route.fulfill({ json: { sessions: LISTED, nextCursor: null } }) : route.fallback(),
    )
    await page.route('**/api/mcp', (route) => route.fulfill({ json: { servers: SERVERS } }))
    for (const [width, height] of [
      [1_440, 900],
      [360, 720],
    ] as const) {
      await page.setViewportSize({ width, height })
      const log = await openScriptedSession(page, 'Move the billing job to a queue')
      await show(page, log)
      await lookHere(page, `agent-${state.replaceAll(/\W+/g, '-')}`)
      await page.goto('about:blank')
      await log.close()
      await page.unroute('**/events?*')
    }
  })
}
