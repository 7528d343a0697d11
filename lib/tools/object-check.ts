import { fromJSONSchema, safeParse, type ZodType, z } from 'zod'
import type { JsonValue } from '#lib/protocol/index.ts'

/**
 * Checks an object against somebody else's JSON Schema, and passes it on as it is: defaults are the other's business. A schema that
 * cannot be made into a check lets any object pass. What it makes throws an `Error` that says what is wrong.
 */
export function objectCheck(jsonSchema: Record<string, unknown>): (input: JsonValue) => JsonValue {
  let schema: ZodType | undefined
  // Few are ever needed.
  const getSchema = () => {
    schema ??= schemaOf(jsonSchema)
    return schema
  }
  return (input: JsonValue) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Error('It must be an object.')
    const checked = safeParse(getSchema(), input)
    if (checked.success) return input
    throw new Error(
      checked.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; '),
    )
  }
}

function schemaOf(jsonSchema: Record<string, unknown>): ZodType {
  try {
    return fromJSONSchema(withoutPatterns(jsonSchema) as Parameters<typeof fromJSONSchema>[0]) as ZodType
  } catch {
    // The other side checks.
    return z.unknown()
  }
}

/** Somebody else's regular expressions are not run here: one that is slow on purpose would stop the process. */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'pattern' && typeof value === 'string') && key !== 'patternProperties')
      .map(([key, value]) => [key, withoutPatterns(value)]),
  )
}
