import type { Page } from '@playwright/test'
import { answers, expect, liveAnswer, NETWORK_ERRORS, test } from './fixtures.ts'
import { lookHere } from './looks.ts'
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

const FORMULAS = `The energy is $E = mc^2$, and the sum \\(\\sum_{k=1}^{n} k\\) is

$$
\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}
$$

as everybody knows[^1]. What cannot be read stays: $\\frac{a$ and $\\href{https://example.com}{x}$. Prices do, too: $5 or $6.

[^1]: By *induction*, see [the proof](https://example.com/proof).
`

const DIAGRAM = `It goes like this:

\`\`\`mermaid
flowchart LR
  browser[Browser] --> server[Server]
  server --> queue[(Queue)]
  queue --> worker[Worker]
\`\`\`

And this one cannot be drawn:

\`\`\`mermaid
flowchart LR
  a -->
\`\`\`
`

/** One pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

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
  async formulas(page, log) {
    log.append(...run.begins('What is the sum?'), run.says(FORMULAS))
    await expect(liveAnswer(page).locator('.katex-display')).toBeVisible()
    await expect(liveAnswer(page).locator('.katex')).toHaveCount(4)
    await expect(liveAnswer(page).locator('code', { hasText: 'frac{a' })).toBeVisible()
    await expect(liveAnswer(page)).toContainText('$5 or $6')
    await expect(liveAnswer(page).getByRole('region', { name: 'Footnotes' })).toContainText('By induction')
    await page.waitForFunction(() => document.fonts.check('16px KaTeX_Main'))
  },
  async diagrams(page, log) {
    log.append(...run.begins('How does it go?'), run.says(DIAGRAM))
    const diagrams = liveAnswer(page).getByRole('figure', { name: 'Diagram' })
    await expect(diagrams.first().frameLocator('iframe').locator('svg')).toContainText('Worker')
    await expect(diagrams.first().locator('iframe')).toHaveCSS('opacity', '1')
    await expect(diagrams.last()).toContainText('This diagram could not be drawn')
    await expect(diagrams.last()).toContainText('a -->')
  },
  async images(page, log) {
    const asked: string[] = []
    await page.route('https://elsewhere.example/**', (route) => {
      asked.push(`${route.request().url()} ${route.request().headers().referer ?? 'no referrer'}`)
      return route.request().url().endsWith('pixel.png') ? route.fulfill({ contentType: 'image/png', body: PNG }) : route.abort()
    })
    log.append(
      ...run.begins('Show me.'),
      run.says(
        '![A pixel](https://elsewhere.example/pixel.png)\n\n![Gone](https://elsewhere.example/gone.png)\n\nand ![A third](https://elsewhere.example/3.png).',
      ),
    )
    const answer = liveAnswer(page)
    await expect(answer.getByRole('button', { name: 'Show from elsewhere.example: A third' })).toBeVisible()
    expect(asked).toEqual([])
    await answer.getByRole('button', { name: 'Show from elsewhere.example: A pixel' }).click()
    await expect(answer.frameLocator('iframe[title="A pixel"]').getByRole('img', { name: 'A pixel' })).toHaveJSProperty('naturalWidth', 1)
    expect(asked).toEqual(['https://elsewhere.example/pixel.png no referrer'])
    await answer.getByRole('button', { name: 'Show from elsewhere.example: Gone' }).click()
    await expect(answer.getByText('elsewhere.example did not give this image.')).toBeVisible()
    await page.unroute('https://elsewhere.example/**')
  },
}

for (const [state, show] of Object.entries(STATES)) {
  // The image that is not given is an error in the console.
  test.use({ expectedErrors: NETWORK_ERRORS })
  test(`${state}: wide and narrow, light and dark; all fits, and axe finds nothing`, async ({ page }) => {
    for (const [width, height] of [
      [1_440, 900],
      [360, 720],
    ] as const) {
      await page.setViewportSize({ width, height })
      const log = await openScriptedSession(page, 'Move the billing job to a queue')
      await show(page, log)
      await lookHere(page, `markdown-${state}`)
      await page.goto('about:blank')
      await log.close()
      await page.unroute('**/events?*')
    }
  })
}

test.describe('what can be done with it', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

  test('code is copied, wrapped and downloaded; a table is copied as CSV; a heading and a footnote are led to; a link says where it leads', async ({
    page,
  }) => {
    const log = await openScriptedSession(page, 'What can be done')
    log.append(...run.begins('All of it.'), run.says(`${PROSE}\n${CODE}\n[^1]: As it was written.\n`))
    const answer = liveAnswer(page)
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())

    const code = answer.getByRole('figure', { name: 'Code, ts' })
    await code.getByRole('button', { name: 'Copy code' }).click()
    expect(await clipboard()).toMatch(/^\/\/ Charges an invoice once\.\n[\s\S]*\n\}$/)
    const isCut = () => code.locator('pre').evaluate((pre) => pre.scrollWidth > pre.clientWidth)
    expect(await isCut()).toBe(true)
    await code.getByRole('button', { name: 'Wrap' }).click()
    await expect.poll(isCut).toBe(false)
    const download = page.waitForEvent('download')
    await code.getByRole('button', { name: 'Download code' }).click()
    expect((await download).suggestedFilename()).toBe('code.ts')

    const table = answer.getByRole('figure', { name: 'Table' })
    await expect(table.getByRole('row')).toHaveCount(3)
    await table.getByRole('button', { name: 'Copy as CSV' }).click()
    expect(await clipboard()).toBe('part,state,owner\r\nqueue,done,12\r\n"log, writer",waits,3')

    const link = answer.getByRole('link', { name: 'the guide' })
    await expect(link).toHaveAttribute('title', 'https://example.com/guide')
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow')

    await answer.getByRole('link', { name: 'Link to “Then”' }).click()
    await expect(page).toHaveURL(/#then-/)
    await answer.getByRole('link', { name: 'Footnote 1' }).click()
    await expect(answer.getByRole('listitem').filter({ hasText: 'As it was written.' })).toBeInViewport()
    await page.goto('about:blank')
    await log.close()
  })

  test('a page that nobody sees draws no text, and catches up when it is seen', async ({ page }) => {
    await page.addInitScript(() => {
      let isHidden = false
      Object.defineProperty(document, 'hidden', { get: () => isHidden })
      Object.assign(window, {
        hide(next: boolean) {
          isHidden = next
          document.dispatchEvent(new Event('visibilitychange'))
        },
      })
    })
    const hide = (next: boolean) => page.evaluate((value) => (window as unknown as { hide(next: boolean): void }).hide(value), next)
    const log = await openScriptedSession(page, 'Hidden')
    log.append(...run.begins('Go on.'), run.says('It was seen'))
    const answer = liveAnswer(page)
    await expect(answer.getByText('It was seen')).toBeVisible()
    await hide(true)
    log.append(run.says(' and it was not.'), run.calls('c1', 'web_fetch', { url: 'https://example.org' }))
    await expect(answer.getByRole('button', { name: /web_fetch/ })).toBeVisible()
    await expect(answer.getByText('It was seen', { exact: true })).toBeVisible()
    await hide(false)
    await expect(answer.getByText('It was seen and it was not.', { exact: true })).toBeVisible()
    await page.goto('about:blank')
    await log.close()
  })

  test('a long list, table and code block stand as one, and are not all laid out; colours come where they are seen', async ({ page }) => {
    const log = await openScriptedSession(page, 'Long')
    const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('\n')
    log.append(
      ...run.begins('Long.'),
      run.says(
        `${lines(150, (index) => `${index + 1}. item ${index}`)}\n\n| a | b |\n| - | - |\n${lines(300, (index) => `| cell ${index} | b |`)}\n\n`,
      ),
      run.says(`\`\`\`js\n${lines(1_000, (index) => `const value${index} = ${index}`)}\n\`\`\`\n\nThe end.`),
    )
    const answer = liveAnswer(page)
    await expect(answer.getByText('The end.')).toBeVisible()
    await expect(answer.locator('ol').nth(1)).toHaveAttribute('start', '33')
    const rows = answer.getByRole('row')
    await expect(rows).toHaveCount(301)
    const left = (row: number) =>
      rows
        .nth(row)
        .getByRole('cell')
        .nth(1)
        .evaluate((cell) => cell.getBoundingClientRect().left)
    await rows.nth(250).scrollIntoViewIfNeeded()
    expect(Math.abs((await left(250)) - (await left(3)))).toBeLessThan(1)
    const pieces = answer.locator('.code-piece')
    await pieces.last().scrollIntoViewIfNeeded()
    await expect(pieces.last().locator('.code-keyword').first()).toBeVisible()
    await expect(pieces.nth(3).locator('.code-keyword')).toHaveCount(0)
    await pieces.nth(3).scrollIntoViewIfNeeded()
    await expect(pieces.nth(3).locator('.code-keyword').first()).toBeVisible()
    await page.goto('about:blank')
    await log.close()
  })
})

test.describe('what must not be done', () => {
  // What the frame's policy stops is said in the console.
  test.use({ expectedErrors: /violates the following Content Security Policy directive.*(nonce-|"img-src data:")/ })

  test('nothing that is drawn acts on the page', async ({ page }) => {
    const log = await openScriptedSession(page, 'Hostile')
    const attack = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'
    log.append(
      ...run.begins('Hurt me.'),
      run.says(`$\\html{${attack}}$ $\\href{javascript:window.hurt=1}{a}$ $\\htmlStyle{color:red}{b}$\n\n`),
      run.says(
        `\`\`\`html\n${attack}\n\`\`\`\n\n\`\`\`mermaid\nflowchart LR\n  a["${attack.replaceAll('"', "'")}"]\n  click a href "javascript:parent.hurt=1"\n\`\`\`\n`,
      ),
    )
    const diagram = liveAnswer(page).getByRole('figure', { name: 'Diagram' })
    await expect(diagram.locator('iframe[data-drawn]').or(diagram.getByText('could not be drawn'))).toBeVisible()
    await expect(liveAnswer(page).locator('a[href^="javascript"]')).toHaveCount(0)
    expect(await page.evaluate(() => 'hurt' in window)).toBe(false)
    await page.goto('about:blank')
    await log.close()
  })
})

const WIDE_IN_A_LINE = `It is $x = \\begin{pmatrix} ${'aaaaaa & '.repeat(12)} b \\end{pmatrix}$ and $\\frac{${'a + '.repeat(60)}b}{c}$, and $y_1 + \\frac{1}{2}$ here.`

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

  test('wide formulas in a line scroll in themselves, what is deep leaves room for words, and short cells stay whole', async ({ page }) => {
    const deep = Array.from({ length: 30 }, (_, depth) => `${'  '.repeat(depth)}- level ${depth}`).join('\n')
    const table = '| move | what it costs |\n| --- | --- |\n| 0-/0 | not much, as far as anybody knows of it by now |\n'
    const log = await openScriptedSession(page, 'Narrow')
    log.append(
      ...run.begins('How wide?'),
      run.says(`${WIDE_IN_A_LINE}\n\n${deep}\n\n${'> '.repeat(30)}quoted\n\n${table}\n`),
      ...run.ends('stop'),
    )
    const answer = answers(page)
    await expect(answer.locator('.katex')).toHaveCount(3)
    await expect(answer.getByText('level 29')).toBeVisible()
    const around = await answer.locator('.prose').evaluateAll(([prose]) => {
      const found: number[] = []
      for (let element = prose ?? null; element; element = element.parentElement) found.push(element.scrollWidth - element.clientWidth)
      return found
    })
    expect(Math.max(...around)).toBeLessThanOrEqual(0)
    const boxes = await answer
      .locator('.formula-piece')
      .evaluateAll((pieces) =>
        pieces.map(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => [scrollWidth - clientWidth, scrollHeight - clientHeight]),
      )
    expect(boxes.filter(([across = 0]) => across > 100)).toHaveLength(2)
    expect(boxes.filter(([, down]) => down !== 0)).toEqual([])
    // The text of a formula and that around it stand on one line.
    const bottoms = await answer.locator('p', { hasText: 'It is' }).evaluate((paragraph) => {
      const bottomOf = (node: Node) => {
        const range = document.createRange()
        range.selectNodeContents(node)
        return range.getBoundingClientRect().bottom
      }
      return {
        y: bottomOf(paragraph.querySelectorAll('.katex')[2]?.querySelector('.mord.mathnormal') as Node),
        words: bottomOf(paragraph.lastChild as Node),
      }
    })
    expect(Math.abs(bottoms.y - bottoms.words)).toBeLessThan(6)
    expect((await answer.getByText('quoted').boundingBox())?.width).toBeGreaterThan(60)
    const lines = (text: string) =>
      answer.getByRole('cell', { name: text }).evaluate((cell) => {
        const range = document.createRange()
        range.selectNodeContents(cell)
        return range.getClientRects().length
      })
    expect(await lines('0-/0')).toBe(1)
    await page.screenshot({ path: 'test-results/page/markdown-narrow.png', fullPage: true })
    await page.goto('about:blank')
    await log.close()
  })
})

test.describe('in forced colours', () => {
  test.use({ contextOptions: { forcedColors: 'active' } })

  test('a diagram keeps its own, so that its words can be read', async ({ page }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const log = await openScriptedSession(page, 'Forced')
      log.append(...run.begins('How?'), run.says(DIAGRAM))
      const frame = liveAnswer(page).getByRole('figure', { name: 'Diagram' }).first().frameLocator('iframe')
      await expect(frame.locator('svg')).toContainText('Worker')
      await expect(frame.locator('svg')).toHaveCSS('forced-color-adjust', 'none')
      await page.screenshot({ path: `test-results/page/markdown-forced-${colorScheme}.png` })
      await page.goto('about:blank')
      await log.close()
      await page.unroute('**/events?*')
    }
  })
})

test('what turns the text of a link round turns nothing after it', async ({ page }) => {
  const log = await openScriptedSession(page, 'Round \u202eabout')
  log.append(...run.begins('Which way?'), run.says('A [link \u202eround](https://example.org) and then on'), ...run.ends('stop'))
  const answer = answers(page)
  await expect(answer.getByRole('link')).toHaveCSS('unicode-bidi', 'isolate')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Round about')
  const [before, after] = await answer.locator('p').evaluate((paragraph) => {
    const text = paragraph.lastChild as Text
    return [0, text.length - 2].map((from) => {
      const range = document.createRange()
      range.setStart(text, from)
      range.setEnd(text, from + 2)
      return range.getBoundingClientRect().left
    })
  })
  expect(before).toBeLessThan(after as number)
  await page.goto('about:blank')
  await log.close()
})
