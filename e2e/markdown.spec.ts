import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, liveAnswer, test } from './fixtures.ts'
import { openScriptedSession, run, type ScriptedLog } from './scripted-log.ts'

const PROSE = `## What happens when a worker dies

The job waits in the **queue** until a worker says that it is done, see [the guide](https://example.com/guide). A crash costs *one step* at most[^1].

1. The heartbeat is lost
2. Another worker takes the run
   - with a higher epoch
   - so that the first one stops

- [x] Read the log
- [ ] Write the rollback

> What was shown is there after the restart.

| part | state | owner |
| --- | :-: | --: |
| queue | done | 12 |
| log, writer | **waits** | 3 |

### Then

All goes on.
`

const CODE = `Here it is:

\`\`\`ts
// Charges an invoice once.
export async function charge(id: string): Promise<void> {
  const invoice = await db.invoice.findUnique({ where: { id } })
  if (invoice?.state === 'due') await queue.send('charge', { id, retries: 3, note: \`at \${Date.now()} and not before, with all that was known of it\` })
}
\`\`\`

\`\`\`sh
npm start
\`\`\`
`

/** Each state, and what shows that it is there. */
const STATES: Record<string, (page: Page, log: ScriptedLog) => Promise<void>> = {
  async prose(page, log) {
    log.append(...run.begins('What happens when a worker dies?'), run.says(PROSE))
    await expect(liveAnswer(page).getByRole('heading', { name: /Then/ })).toBeVisible()
  },
  async code(page, log) {
    log.append(...run.begins('Show me the code.'), run.says(CODE))
    const code = liveAnswer(page).getByRole('figure', { name: 'Code, ts' })
    await expect(code.locator('.code-keyword').first()).toHaveText(/export/)
    await expect(code.locator('.code-comment')).toHaveText('// Charges an invoice once.')
  },
}

async function expectNothingWrong(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
}

for (const [state, show] of Object.entries(STATES)) {
  test(`${state}: wide and narrow, light and dark; all fits, and axe finds nothing`, async ({ page }) => {
    for (const [width, height] of [
      [1_440, 900],
      [360, 720],
    ] as const) {
      await page.setViewportSize({ width, height })
      const log = await openScriptedSession(page, 'Move the billing job to a queue')
      await show(page, log)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expectNothingWrong(page)
        await page.screenshot({ path: `test-results/page/markdown-${state}-${width}-${colorScheme}.png`, animations: 'disabled' })
      }
      await page.goto('about:blank')
      await log.close()
      await page.unroute('**/events?*')
    }
  })
}
