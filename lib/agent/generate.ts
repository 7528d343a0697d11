import { AppError, type FinishReason, type JsonValue, type RillEvent, type Usage } from '#lib/protocol/index.ts'

export interface ToolCallResult {
  callId: string
  toolName: string
  args: JsonValue
  success?: boolean
  result?: JsonValue
  error?: string
}

export interface GenerateResult {
  content: string
  reasoning?: string
  usage: Usage
  /** Every call of the run, in order, with what came of it. */
  toolCalls: ToolCallResult[]
  sessionId: string
  messageId: string
  finishReason: FinishReason
}

/** Reads a run's events to the end. Throws what the events throw; `conflict` when its message became another answer's steering. */
export async function collect(events: AsyncIterable<RillEvent>): Promise<GenerateResult> {
  const calls = new Map<string, ToolCallResult>()
  let response: Omit<GenerateResult, 'toolCalls'> | undefined
  for await (const event of events) {
    if (event.type === 'llm:tool-call') calls.set(event.callId, { callId: event.callId, toolName: event.toolName, args: event.args })
    if (event.type === 'llm:tool-result') {
      const { callId, toolName, success, result, error } = event
      calls.set(callId, {
        args: null,
        ...calls.get(callId),
        callId,
        toolName,
        success,
        ...(result !== undefined && { result }),
        ...(error !== undefined && { error }),
      })
    }
    if (event.type === 'llm:response') {
      const { content, reasoning, usage, sessionId, messageId, finishReason } = event
      response = { content, ...(reasoning !== undefined && { reasoning }), usage, sessionId, messageId, finishReason }
    }
  }
  if (!response) throw new AppError('conflict', 'The message was given to the answer that was being written: it stands there.')
  return { ...response, toolCalls: [...calls.values()] }
}
