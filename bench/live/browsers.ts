import type { APIRequestContext, Browser, BrowserContext, Page } from '@playwright/test'

/** What is looked for in a page: an element of that kind which says the text. */
export interface Sight {
  selector: string
  text: string
  /** It is waited until there is none. */
  isGone?: boolean
}

/** A visitor with two tabs in one browser, and another browser: what is done is done beside them, over the API. */
export interface Browsers {
  request: APIRequestContext
  /** Another tab than the one that was opened first, and the other browser's. */
  lookers: readonly [tab: Page, far: Page]
  open(path: string): Promise<void>
  close(): Promise<void>
}

export async function openBrowsers(browser: Browser, url: string): Promise<Browsers> {
  const newContext = () => browser.newContext({ baseURL: url, viewport: { width: 1_440, height: 900 } })
  const home = await newContext()
  const first = await home.newPage()
  await first.goto('/')
  const tab = await home.newPage()
  const away: BrowserContext = await newContext()
  await away.addCookies(await home.cookies())
  const far = await away.newPage()
  return {
    request: home.request,
    lookers: [tab, far],
    async open(path) {
      for (const page of [first, tab, far]) await page.goto(path)
      // Late parts of the page are there, and who reads for whom is settled.
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    },
    async close() {
      await home.close()
      await away.close()
    },
  }
}

/** When the page first draws it, by the machine's clock: looked at before each frame. */
export function seenAt(page: Page, sight: Sight): Promise<number> {
  return page.evaluate(
    ({ selector, text, isGone = false }) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const isThere = [...document.querySelectorAll(selector)].some((element) => element.textContent?.includes(text))
          if (isThere !== isGone) resolve(Date.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
    sight,
  )
}
