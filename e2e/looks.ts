import type { Page } from '@playwright/test'
import { expectNoViolations } from './axe.ts'
import { expect } from './fixtures.ts'

/** A phone and a desk. */
export const SIZES = [
  { width: 360, height: 740 },
  { width: 1_440, height: 900 },
]

/** At the page's width, in both themes: what is shown fits, axe finds nothing, and there is a picture of it. */
export async function lookHere(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await expectNoViolations(page)
    await page.screenshot({ path: `test-results/page/${name}-${width}-${colorScheme}.png`, animations: 'disabled' })
  }
}

/** The same at both widths. */
export async function look(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size)
    await lookHere(page, name)
  }
}
