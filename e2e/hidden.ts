import type { Page } from '@playwright/test'
import { parseExposition, valueIn } from '#lib/observe/testing/exposition.ts'

/** Hides a page as a browser does with a tab that is not in front, or shows it again: headless pages are all in front. */
export async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

/** What the server counts under that name. */
export async function metricOf(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/api/metrics`)
  return valueIn(parseExposition(await response.text()), name)
}
