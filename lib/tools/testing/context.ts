import type { ToolContext } from '../tool.ts'

/** What a tool is called with where nobody watches: what is asked for is refused. */
export function testContext(given: Partial<ToolContext> = {}): ToolContext {
  return {
    signal: new AbortController().signal,
    sessionId: 's',
    callId: 'c',
    progress: () => {},
    ask: async () => ({ approved: false }),
    saveFile: async () => ({ url: 'about:blank' }),
    ...given,
  }
}
