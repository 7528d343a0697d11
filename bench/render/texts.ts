/** What answers are made of. Each text is at least `length` characters long, and the same every time. */
export const TEXTS = { prose, code, list, table, mixed }

export type Kind = keyof typeof TEXTS

const WORDS =
  'the queue keeps each job until a worker says that it is done so a crash costs at most one step and the next one reads what was there before it began'.split(
    ' ',
  )

/** Words in an order that repeats late: no two lines near one another are alike. */
function words(seed: number, count: number): string {
  return Array.from({ length: count }, (_, index) => WORDS[(seed * 7 + index * (1 + (seed % 11))) % WORDS.length]).join(' ')
}

function until(length: number, piece: (index: number) => string): string {
  const pieces: string[] = []
  for (let size = 0, index = 0; size < length; index += 1) {
    const next = piece(index)
    pieces.push(next)
    size += next.length
  }
  return pieces.join('')
}

function prose(length: number): string {
  return until(length, (index) => {
    const heading = index % 12 === 0 ? `## Part ${index / 12 + 1}\n\n` : ''
    return `${heading}In **step ${index}** ${words(index, 24)}, as [the guide](https://example.com/${index}) says; \`job.${index}\` ${words(index + 3, 28)}.\n\n`
  })
}

function code(length: number): string {
  return `\`\`\`ts\n${until(length, (index) => `  const value${index} = await queue.take('job-${index}', { retries: ${index % 7} }) // ${words(index, 3)}\n`)}`
}

function list(length: number): string {
  return until(length, (index) => `- **Item ${index}**: ${words(index, 9)} \`id-${index}\`\n`)
}

function table(length: number): string {
  return `| name | state | note |\n| --- | :-: | --- |\n${until(length, (index) => `| job ${index} | ${index % 3 ? 'done' : '**waits**'} | ${words(index, 7)} |\n`)}`
}

function mixed(length: number): string {
  return until(length, (index) =>
    [prose(900), list(400), '\n', `${code(700)}\`\`\`\n\n`, table(500), `\n> ${words(index, 20)}\n\n`].join(''),
  )
}
