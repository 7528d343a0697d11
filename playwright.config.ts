import { defineConfig, devices } from '@playwright/test'

const isRoot = process.getuid?.() === 0

/** Tests start their own servers: see e2e/fixtures.ts. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results/e2e',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Twenty tabs take the whole machine: what waits for a time beside them fails.
  projects: [
    { name: 'all', grepInvert: /twenty tabs/ },
    { name: 'alone', grep: /twenty tabs/, dependencies: ['all'] },
  ],
  reporter: [['list'], ['json']],
  use: {
    ...devices['Desktop Chrome'],
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.RILL_CHROMIUM && { executablePath: process.env.RILL_CHROMIUM }),
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        ...(isRoot ? ['--no-sandbox'] : []),
      ],
    },
  },
})
