/** How a real model is connected. */
export const CONNECT = `Connect a real model with an environment variable, then start again:

| for | set |
| --- | --- |
| OpenAI | \`OPENAI_API_KEY\` |
| Anthropic | \`ANTHROPIC_API_KEY\` |
| Google | \`GOOGLE_GENERATIVE_AI_API_KEY\` |
| Ollama, vLLM, LM Studio | \`OPENAI_BASE_URL\` |

\`RILL_MODEL=provider/model\` chooses among them.`

export const TRY = `While you are here, try:

1. **Arithmetic**: ask "what is 12.5 * 8?" or "convert 3 ft to cm", and a tool runs in the open.
2. **The time**: ask "what time is it in Tokyo?".
3. **Work in steps**: ask "make a todo list and calculate 17% of 1,240".
4. **Any tool by its name**: write \`use current_time {"timeZone": "UTC"}\`; several lines run side by side.
5. **A shape**: ask for code, a table or a list.
6. **A long answer**: ask for a long story, then reload the page in the middle of it, or stop the server and start it again.`

export const CODE = `Here is how code looks on this page:

\`\`\`ts
/** The state after some events: the same for a page that saw them live and for one that came later. */
export function fold(state: State, events: Iterable<Event>): State {
  let next = state
  for (const event of events) next = reduce(next, event)
  return next
}
\`\`\``

export const TABLE = `Here is how a table looks:

| what happens | what is lost |
| --- | --- |
| the page is reloaded | nothing |
| a second tab is opened | nothing |
| the network drops | nothing |
| the server is killed | nothing that was shown |`

export const LIST = `Here is how a list looks:

- Write a message.
  - Enter sends it, Shift+Enter makes a new line.
- Watch the answer arrive.
- Stop it when it has said enough:
  1. the text so far stays,
  2. the next message works.`

const CHAPTERS = ['The spring', 'The first stones', 'The mill', 'The town', 'The delta', 'The sea']

/** About 900 tokens: long enough to reload, stop and restart in. */
export function longText(about: string): string {
  const chapters = CHAPTERS.map(
    (title, index) => `## ${index + 1}. ${title}

The water came to ${title.toLowerCase()} and did not stop. Each drop was written down before anyone saw it, so that nothing which had passed could be lost, and whoever came later read the same words in the same order. Some arrived in the middle, some left and returned; the stream was the same for all of them.

- what was shown is kept,
- what is kept has a number,
- and who knows the last number knows where to go on.

Then the bank gave way for a moment, as banks do. The water waited behind it, found its place, and went on from there.`,
  )
  return `# ${about}\n\n${chapters.join('\n\n')}`
}
