import { setImmediate } from 'node:timers/promises'
import { plainText, titleIn, withoutScripts } from './plain-text.ts'

export interface ReadableText {
  title: string
  /** Markdown. */
  text: string
}

/**
 * Pages are parsed where everything else of the server runs. Within these bounds a page that is made to be slow takes a few tenths
 * of a second, in several pieces; a usual one some hundredths. What goes beyond them becomes plain text, in linear time.
 */
const MOST_CHARACTERS = 1_000_000
const MOST_MARKS = 30_000
const MOST_DEPTH = 200
/** Finding the article takes the product of both. */
const ARTICLE = { elements: 6_000, depth: 40 }
/** A shorter one is likely not what the page is about. */
const SHORTEST_ARTICLE = 200

/** The article of a page as Markdown, or, where it has none, all that it says. */
export async function readableText(page: string, url: URL): Promise<ReadableText> {
  const title = titleIn(page)
  const html = withoutScripts(page)
  const isSmall = html.length <= MOST_CHARACTERS && !hasMarks(html, MOST_MARKS)
  return { title, text: ((isSmall && (await parsedText(html, url))) || plainText(html)).trim() }
}

async function parsedText(html: string, url: URL): Promise<string | undefined> {
  const [{ parseHTML }, { Readability, isProbablyReaderable }, { toMarkdown }] = await Promise.all([
    import('linkedom'),
    import('@mozilla/readability'),
    import('./markdown.ts'),
  ])
  // Its parser leaves out what stands outside of a body.
  const inner = html.replace(/<\/?(?:html|head|body)\b[^<>]*>|<!doctype[^<>]*>/gi, '')
  const parse = () => parseHTML(`<html><head></head><body>${inner}</body></html>`).document
  const document = parse()
  const { elements, depth } = sizeOf(document.documentElement)
  if (depth > MOST_DEPTH) return undefined
  const mayBeArticle = elements <= ARTICLE.elements && depth <= ARTICLE.depth && isProbablyReaderable(document)
  if (!mayBeArticle) return toMarkdown(document.body, url)
  await setImmediate()
  // It tries four times, each more costly, unless any length will do.
  const article = new Readability<Element>(document, { charThreshold: 1, serializer: (node) => node as Element }).parse()
  await setImmediate()
  const text = article?.content ? toMarkdown(article.content, url) : ''
  // The document is not what it was any more.
  return text.length < SHORTEST_ARTICLE ? toMarkdown(parse().body, url) : text
}

/** True when there are at least so many tags and entities. */
function hasMarks(html: string, most: number): boolean {
  let count = 0
  for (const _mark of html.matchAll(/[<&]/g)) {
    count += 1
    if (count >= most) return true
  }
  return false
}

/** Counts without calling itself: how deep a page is, is not known yet. */
function sizeOf(root: Element): { elements: number; depth: number } {
  let elements = 0
  let level: Element[] = [root]
  let depth = 0
  while (level.length > 0 && depth <= MOST_DEPTH) {
    elements += level.length
    depth += 1
    level = level.flatMap((element) => [...element.children])
  }
  return { elements, depth }
}
