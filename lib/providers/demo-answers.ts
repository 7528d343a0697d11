import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'

export interface DemoAnswer {
  reasoning: string
  text: string
  calls: { toolCallId: string; toolName: string; input: string }[]
}

const CONNECT = `Connect a real one with an environment variable, then start again:

| for | set |
| --- | --- |
| OpenAI | \`OPENAI_API_KEY\` |
| Anthropic | \`ANTHROPIC_API_KEY\` |
| Google | \`GOOGLE_GENERATIVE_AI_API_KEY\` |
| Ollama, vLLM, LM Studio | \`OPENAI_BASE_URL\` |

\`RILL_MODEL=provider/model\` chooses among them.`

const ARITHMETIC = /(?:^|[^\w.])(-?\(*\d[\d.,]*\)*(?:\s*(?:[-+*/^×÷%]|plus|minus|times)\s*\(*-?\d[\d.,]*\)*)+)/i
const TIME = /\b(time|date|day is it|today|clock|uhr|heute)\b/i

/** What the demo says to a conversation. The same conversation gets the same answer. */
export function answerTo({ prompt, tools }: LanguageModelV4CallOptions): DemoAnswer {
  const offered = new Set(tools?.map((tool) => tool.name))
  const question = lastQuestion(prompt)
  const results = resultsSince(prompt)
  if (results.length > 0)
    return say(
      `${results.map(describeResult).join('\n\n')}\n\nThe tool did that, not the model: this is Rill's demo model, which only follows rules. ${CONNECT}`,
    )
  const call = callFor(question, offered, prompt.length)
  if (call) return { reasoning: '', text: `Let me use \`${call.toolName}\` for that.`, calls: [call] }
  return { reasoning: reasoningFor(question), text: textFor(question), calls: [] }
}

function say(text: string): DemoAnswer {
  return { reasoning: '', text, calls: [] }
}

function callFor(question: string, offered: Set<string>, turn: number): DemoAnswer['calls'][number] | undefined {
  const arithmetic = ARITHMETIC.exec(question)?.[1]
  if (arithmetic && offered.has('calculator')) {
    const expression = arithmetic
      .replace(/×|times/gi, '*')
      .replace(/÷/g, '/')
      .replace(/plus/gi, '+')
      .replace(/minus/gi, '-')
      .replace(/,(?=\d{3})/g, '')
    return { toolCallId: `demo-${turn}`, toolName: 'calculator', input: JSON.stringify({ expression: expression.trim() }) }
  }
  if (TIME.test(question) && offered.has('current_time')) return { toolCallId: `demo-${turn}`, toolName: 'current_time', input: '{}' }
  return undefined
}

function reasoningFor(question: string): string {
  return /\b(why|how|explain|think)\b/i.test(question)
    ? `The question has ${question.split(/\s+/).length} words. No rule of mine answers it, so I say what I am and show what the page can do.`
    : ''
}

function textFor(question: string): string {
  const about =
    question.length > 80
      ? `${question
          .slice(0, 77)
          .toWellFormed()
          .replace(/\uFFFD$/, '')
          .trimEnd()}…`
      : question
  if (/\b(long|story|essay)\b/i.test(question)) return longText(about)
  if (/\b(code|function|script)\b/i.test(question))
    return `Here is some code, as an example of how it looks on this page:\n\n${CODE}\n\n${whatIAm(about)}`
  return `${whatIAm(about)}\n\nWhile you are here, try:\n\n1. **Arithmetic**: ask "what is 12.5 * 8?", and a tool runs in the open.\n2. **The time**: ask for it.\n3. **A long answer**: ask for a long story, then reload the page in the middle of it, or stop the server and start it again.`
}

function whatIAm(about: string): string {
  return `You wrote: "${about}". This is Rill's **demo model**: it needs no key, follows a few rules, and understands nothing. ${CONNECT}`
}

const CODE = `\`\`\`ts
export function fold(state: State, events: Event[]): State {
  let next = state
  for (const event of events) next = reduce(next, event)
  return next
}
\`\`\``

const CHAPTERS = ['The spring', 'The first stones', 'The mill', 'The town', 'The delta', 'The sea']

/** About 900 tokens: long enough to reload, stop and restart in. */
function longText(about: string): string {
  const chapters = CHAPTERS.map(
    (title, index) => `## ${index + 1}. ${title}

The water came to ${title.toLowerCase()} and did not stop. Each drop was written down before anyone saw it, so that nothing which had passed could be lost, and whoever came later read the same words in the same order. Some arrived in the middle, some left and returned; the stream was the same for all of them.

- what was shown is kept,
- what is kept has a number,
- and who knows the last number knows where to go on.

Then the bank gave way for a moment, as banks do. The water waited behind it, found its place, and went on from there.`,
  )
  return `# A long answer\n\n${whatIAm(about)}\n\n${chapters.join('\n\n')}`
}

function lastQuestion(prompt: LanguageModelV4Prompt): string {
  const message = prompt.findLast((one) => one.role === 'user')
  return message?.role === 'user'
    ? message.content
        .map((part) => (part.type === 'text' ? part.text : ''))
        .join(' ')
        .trim()
    : ''
}

/** Tool results that came after the last question. */
function resultsSince(prompt: LanguageModelV4Prompt): LanguageModelV4ToolResultPart[] {
  const question = prompt.findLastIndex((message) => message.role === 'user')
  return prompt
    .slice(question + 1)
    .flatMap((message) => (message.role === 'tool' ? message.content.filter((part) => part.type === 'tool-result') : []))
}

function describeResult({ toolName, output }: LanguageModelV4ToolResultPart): string {
  const value = 'value' in output ? output.value : ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (output.type === 'error-text') return `\`${toolName}\` failed: ${text}`
  const { result, readable } = (typeof value === 'object' && value !== null ? value : {}) as { result?: unknown; readable?: unknown }
  return `\`${toolName}\` says: **${result ?? readable ?? text}**`
}
