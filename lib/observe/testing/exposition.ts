export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|[+-]?Inf|Nan|NaN)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy

/** Reads Prometheus' text format. Throws for a line that is none, and for a sample without its `# TYPE`. */
export function parseExposition(text: string): Sample[] {
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const [, name = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? []
    if (name !== '') {
      if (types.has(name)) throw new Error(`The type of ${name} stands twice.`)
      types.set(name, type)
    } else samples.push(parseSample(line))
  }
  for (const { name } of samples) {
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(family)) throw new Error(`${name} has no type.`)
  }
  return samples
}

function parseSample(line: string): Sample {
  const [, name, inner = '', number = ''] = LINE.exec(line) ?? []
  if (name === undefined) throw new Error(`This is no sample: ${line}`)
  const labels: Record<string, string> = {}
  let end = 0
  for (const [whole, label = '', value = ''] of inner.matchAll(LABEL)) {
    labels[label] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    end += whole.length
  }
  if (end !== inner.length) throw new Error(`These are no labels: ${inner}`)
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) }
}

/** The sum of all samples that have these labels, among others; 0 when there is none. */
export function valueIn(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  const fitting = samples.filter(
    (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )
  return fitting.reduce((sum, { value }) => sum + value, 0)
}
