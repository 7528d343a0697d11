import { cleanJson, type JsonValue } from '#lib/protocol/index.ts'

const LONGEST = 100_000
const DEEPEST = 32
const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])

/**
 * A tool's schema as providers take it: they refuse all tools when the schema of one is not that of an object, or no schema at all.
 * What is neither becomes one that takes any object; `note` is told why.
 */
export function objectSchema(given: unknown, note: (why: string) => void): Record<string, unknown> {
  const schema = cleanJson(given)
  if (!isObject(schema) || (schema.type !== undefined && schema.type !== 'object')) note('is not that of an object')
  else if (JSON.stringify(schema).length > LONGEST) note(`is longer than ${LONGEST / 1_000} kB`)
  else if (!isSchema({ ...schema, type: 'object' }, 0)) note('is no JSON Schema that models can be given')
  else {
    const { $schema: _, ...rest } = schema
    return { ...rest, type: 'object' }
  }
  return { type: 'object' }
}

/** Whether the keywords that providers look at are used as they must be. */
function isSchema(schema: JsonValue, depth: number): boolean {
  if (typeof schema === 'boolean') return true
  if (!isObject(schema) || depth > DEEPEST) return false
  const { type, required, $ref, enum: values, items } = schema
  const areSchemas = (given: JsonValue[]) => given.every((one) => isSchema(one, depth + 1))
  const byName = [schema.properties, schema.$defs, schema.definitions].filter((one) => one !== undefined)
  const lists = [schema.anyOf, schema.oneOf, schema.allOf].filter((one) => one !== undefined)
  return (
    (type === undefined || (Array.isArray(type) ? type : [type]).every((one) => typeof one === 'string' && TYPES.has(one))) &&
    (required === undefined || (Array.isArray(required) && required.every((one) => typeof one === 'string'))) &&
    // Nobody fetches a schema for a model.
    ($ref === undefined || (typeof $ref === 'string' && $ref.startsWith('#'))) &&
    (values === undefined || Array.isArray(values)) &&
    byName.every((one) => isObject(one) && areSchemas(Object.values(one))) &&
    lists.every((one) => Array.isArray(one) && areSchemas(one)) &&
    areSchemas([schema.additionalProperties, schema.not, ...(Array.isArray(items) ? items : [items])].filter((one) => one !== undefined))
  )
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
