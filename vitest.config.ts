import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // "server-only" throws wherever Next's bundler is not.
  resolve: { alias: { 'server-only': join(import.meta.dirname, 'scripts/lib/testing/empty.mjs') } },
  test: {
    include: ['{lib,app,components,scripts,bench,deploy,examples}/**/*.test.{ts,tsx,mjs}'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
