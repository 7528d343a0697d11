import { defineConfig } from 'prisma/config'

// "generate" never runs the schema engine, yet the CLI downloads it first, which fails without the internet. Any file that
// exists keeps it from doing so.
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_DIRECT_URL ?? process.env.DATABASE_URL ?? 'postgresql://127.0.0.1/rill' },
})
