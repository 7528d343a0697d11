import { existsSync } from 'node:fs'
import { bin, run, SetupError } from './run.mjs'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A Chromium for the browser tests: one that is there, else Playwright's download, else Debian's package when root. */
export async function ensureChromium() {
  const found = findChromium() ?? (await playwrightChromium())
  if (found) return found
  console.log('Installing a browser for the end-to-end tests…')
  await run(process.execPath, [bin('playwright'), 'install', 'chromium'], { quiet: true, limitMs: 180_000 })
  const downloaded = await playwrightChromium()
  if (downloaded) return downloaded
  if (process.getuid?.() === 0) {
    await run('apt-get', ['update'], { quiet: true, limitMs: 300_000 })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      quiet: true,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  const installed = findChromium()
  if (!installed)
    throw new SetupError(
      'No Chromium was found and none could be installed. Install one and name it: RILL_CHROMIUM=/path/to/chromium npm test',
    )
  return installed
}

function findChromium() {
  if (process.env.RILL_CHROMIUM) return process.env.RILL_CHROMIUM
  return PLACES.find((path) => existsSync(path))
}

async function playwrightChromium() {
  const { chromium } = await import('@playwright/test')
  const path = chromium.executablePath()
  return path && existsSync(path) ? path : undefined
}
