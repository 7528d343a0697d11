/** What models hold, in tokens, by their names, as their makers say it. The first that fits counts. */
const KNOWN: readonly (readonly [RegExp, number])[] = [
  [/gpt-4\.1/, 1_047_576],
  [/gpt-4o|gpt-4-turbo|o1-(mini|preview)/, 128_000],
  [/gpt-([5-9]|\d\d)/, 272_000],
  [/gpt-3\.5/, 16_385],
  [/(^|\/)o\d/, 200_000],
  [/claude/, 200_000],
  [/gemini/, 1_048_576],
]

/** Of a model that is not known by its name. A server that refuses as much is given less. */
const UNKNOWN = 128_000

/** Tokens that a model can hold; `unknown` where its name does not tell. */
export function contextTokensOf(model: string, unknown = UNKNOWN): number {
  return KNOWN.find(([name]) => name.test(model))?.[1] ?? unknown
}
