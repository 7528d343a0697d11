import { createCssVariablesTheme, createHighlighterCore, type GrammarState, type ThemedToken } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import { bundledLanguages } from 'shiki/langs'
import type { Grammar, Run } from './highlighter.ts'

const THEME = 'rill'

/** Colours are named here and given by the style sheet, for light and dark. */
const highlighter = createHighlighterCore({
  themes: [createCssVariablesTheme({ name: THEME, variablePrefix: '--code-', fontStyle: false })],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
})

/** The grammar of a language that is called so, loaded when it is first met; undefined where there is none. */
export async function loadGrammar(name: string): Promise<Grammar<GrammarState> | undefined> {
  if (!Object.hasOwn(bundledLanguages, name)) return undefined
  const lang = name as keyof typeof bundledLanguages
  const shiki = await highlighter
  await shiki.loadLanguage(bundledLanguages[lang])
  return (line, grammarState) => {
    const lines = shiki.codeToTokensBase(line, { lang, theme: THEME, tokenizeTimeLimit: 0, ...(grammarState && { grammarState }) })
    const state = shiki.getLastGrammarState(lines) ?? grammarState
    return { runs: runsOf(lines[0] ?? []), state }
  }
}

/** Neighbours of one colour become one. */
function runsOf(tokens: readonly ThemedToken[]): Run[] {
  const runs: Run[] = []
  for (const { content, color } of tokens) {
    const kind = /--code-token-([a-z-]+)/.exec(color ?? '')?.[1] ?? null
    const last = runs.at(-1)
    if (last && (last.kind === kind || content.trim() === '')) last.text += content
    else runs.push({ kind, text: content })
  }
  return runs
}
