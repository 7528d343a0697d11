import type { JsonValue } from '#lib/protocol/index.ts'
import type { Field, Option } from './form-fields.ts'

/** What was filled in, by the fields' places: `field-0`, `field-1` …; for a form of the page it is a `FormData`. */
export interface Filled {
  get(name: string): unknown
  getAll(name: string): unknown[]
}

export const controlName = (index: number) => `field-${index}`

/** What is sent: values of the types that the schema names. What is not required and left empty is left out. */
export function contentOf(fields: readonly Field[], filled: Filled): { [name: string]: JsonValue } {
  return Object.fromEntries(
    fields.flatMap((field, index): [string, JsonValue][] => {
      const value = filledIn(field, controlName(index), filled)
      return value === undefined ? [] : [[field.name, value]]
    }),
  )
}

function filledIn(field: Field, name: string, filled: Filled): JsonValue | undefined {
  if (field.kind === 'boolean') return filled.get(name) !== null
  if (field.kind === 'choices') {
    const chosen = filled.getAll(name).map((value) => givenBy(field.options, String(value)))
    return chosen.length > 0 || field.isRequired ? chosen : undefined
  }
  const written = String(filled.get(name) ?? '')
  if (written === '' && !field.isRequired) return undefined
  if (field.kind === 'number') return Number(written)
  if (field.kind === 'choice') return givenBy(field.options, written)
  // The control speaks of this place's time; on the wire it is one that all agree on.
  return field.kind === 'text' && field.type === 'datetime-local' ? new Date(written).toISOString() : written
}

/** A control has only texts; what stands for a number is one. */
function givenBy(options: readonly Option[], written: string): JsonValue {
  return options.find(({ value }) => value === written)?.given ?? written
}

/** Why what was chosen cannot be sent, where the browser itself does not check it; by the fields' names. */
export function problemsOf(fields: readonly Field[], filled: Filled): Map<string, string> {
  const problems = new Map<string, string>()
  for (const [index, field] of fields.entries()) {
    if (field.kind !== 'choices') continue
    const count = filled.getAll(controlName(index)).length
    if (count === 0 && !field.isRequired) continue
    if (count < field.min) problems.set(field.name, `Choose at least ${field.min}.`)
    if (count > field.max) problems.set(field.name, `Choose at most ${field.max}.`)
  }
  return problems
}
