export interface Option {
  /** As the control has it. */
  value: string
  label: string
  /** What is sent, where it is no text. */
  given?: number | boolean
}

interface Common {
  name: string
  label: string
  description?: string
  isRequired: boolean
}

/** A field of a form, as the page draws it. */
export type Field =
  | (Common & { kind: 'text'; type: 'text' | 'email' | 'url' | 'date' | 'datetime-local'; min?: number; max?: number; initial?: string })
  | (Common & { kind: 'number'; isInteger: boolean; min?: number; max?: number; initial?: number })
  | (Common & { kind: 'boolean'; initial: boolean })
  | (Common & { kind: 'choice'; options: Option[]; initial?: string })
  | (Common & { kind: 'choices'; options: Option[]; min: number; max: number; initial: string[] })

/** More than a person fills in. */
const MOST_FIELDS = 100

type Schema = Record<string, unknown>

/** The fields of a flat JSON Schema, in its order. What it says and the page does not know becomes a text. */
export function fieldsOf(schema: unknown): Field[] {
  const { properties, required } = asSchema(schema)
  const isRequired = new Set(Array.isArray(required) ? required : [])
  return Object.entries(asSchema(properties))
    .slice(0, MOST_FIELDS)
    .map(([name, property]) => fieldOf(name, asSchema(property), isRequired.has(name)))
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): Field {
  const description = text(schema.description)
  const common: Common = { name, label: text(schema.title) ?? name, isRequired, ...(description !== undefined && { description }) }
  const options = optionsOf(schema)
  if (schema.type === 'array') return choicesOf(common, schema)
  if (options) return { ...common, kind: 'choice', options, ...optional('initial', oneOf(options, schema.default)) }
  if (schema.type === 'boolean') return { ...common, kind: 'boolean', initial: schema.default === true }
  if (schema.type === 'number' || schema.type === 'integer') {
    const bounds = { ...optional('min', number(schema.minimum)), ...optional('max', number(schema.maximum)) }
    return { ...common, kind: 'number', isInteger: schema.type === 'integer', ...bounds, ...optional('initial', number(schema.default)) }
  }
  const bounds = { ...optional('min', number(schema.minLength)), ...optional('max', number(schema.maxLength)) }
  const type = TYPES.get(schema.format) ?? 'text'
  return { ...common, kind: 'text', type, ...bounds, ...optional('initial', text(schema.default)) }
}

/** The control for a format. */
const TYPES = new Map<unknown, 'email' | 'url' | 'date' | 'datetime-local'>([
  ['email', 'email'],
  ['uri', 'url'],
  ['date', 'date'],
  ['date-time', 'datetime-local'],
])

function choicesOf(common: Common, schema: Schema): Field {
  const options = optionsOf(asSchema(schema.items)) ?? []
  const initial = Array.isArray(schema.default) ? schema.default.flatMap((value) => oneOf(options, value) ?? []) : []
  const min = Math.max(number(schema.minItems) ?? 0, common.isRequired ? 1 : 0)
  return { ...common, kind: 'choices', options, min, max: number(schema.maxItems) ?? options.length, initial }
}

/** `enum` with or without `enumNames`, or a list of constants with titles; undefined when there is nothing to choose. */
function optionsOf(schema: Schema): Option[] | undefined {
  const titled = [schema.oneOf, schema.anyOf].find(Array.isArray)
  const names = Array.isArray(schema.enumNames) ? schema.enumNames : []
  const options = titled
    ? titled.map(asSchema).flatMap(({ const: value, title }) => optionOf(value, title))
    : Array.isArray(schema.enum)
      ? schema.enum.flatMap((value: unknown, index) => optionOf(value, names[index]))
      : []
  return options.length > 0 ? options : undefined
}

function optionOf(value: unknown, title: unknown): Option[] {
  if (typeof value === 'string') return [{ value, label: text(title) ?? value }]
  if (typeof value !== 'boolean' && number(value) === undefined) return []
  const given = value as number | boolean
  return [{ value: String(given), label: text(title) ?? String(given), given }]
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function oneOf(options: readonly Option[], value: unknown): string | undefined {
  return options.find((option) => (option.given ?? option.value) === value)?.value
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V })
}
