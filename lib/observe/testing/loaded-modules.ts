import { registerHooks } from 'node:module'

/** A program: opens the traces that its environment asks for, and prints which packages of OpenTelemetry that loaded. */
const loaded = new Set<string>()
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\/@opentelemetry\/([\w-]+)\//.exec(url) ?? []
    if (name !== undefined) loaded.add(name)
    return next(url, context)
  },
})
const { openTraces } = await import('../traces.ts')
const traces = await openTraces(process.env, { chunks: 0 }, console.error)
await traces?.stop()
console.log(JSON.stringify([...loaded].sort()))
