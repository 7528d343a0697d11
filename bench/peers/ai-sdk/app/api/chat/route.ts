import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'

const provider = createOpenAICompatible({ name: 'peer', baseURL: process.env.OPENAI_BASE_URL ?? '' })

/** The AI SDK's own way: streamText and its UI message stream. Nothing is stored. */
export async function POST(request: Request): Promise<Response> {
  const { prompt } = (await request.json()) as { prompt: string }
  return streamText({ model: provider.chatModel('scripted'), prompt, abortSignal: request.signal }).toUIMessageStreamResponse()
}
