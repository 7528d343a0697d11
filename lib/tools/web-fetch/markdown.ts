import TurndownService from 'turndown'

/** Markdown of a part of a page, with addresses that stand alone. Changes the part. */
export function toMarkdown(element: Element, base: URL): string {
  for (const link of element.querySelectorAll('a')) setOrRemove(link, 'href', base)
  for (const image of element.querySelectorAll('img')) setOrRemove(image, 'src', base)
  // Its types are those of a browser, whose nodes these are in all that it uses.
  return service.turndown(element as HTMLElement).trim()
}

const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' })
service.remove([
  'script',
  'style',
  'noscript',
  'iframe',
  'template',
  'title',
  'meta',
  'link',
  'button',
  'select',
  'textarea',
  'input',
] as TurndownService.TagName[])
service.addRule('image', {
  filter: 'img',
  replacement: (_content, node) => {
    const [alt, src] = ['alt', 'src'].map((name) => (node as Element).getAttribute(name)?.trim() ?? '')
    return alt && src ? `![${oneLine(alt)}](${src})` : oneLine(alt ?? '')
  },
})
service.addRule('cell', { filter: ['td', 'th'], replacement: (content) => ` ${oneLine(content).replaceAll('|', '\\|')} |` })
service.addRule('row', {
  filter: 'tr',
  replacement: (content, node) => {
    const cells = [...(node as Element).children]
    const isHeader = cells.length > 0 && cells.every((cell) => cell.nodeName === 'TH')
    return `\n|${content}${isHeader ? `\n|${' --- |'.repeat(cells.length)}` : ''}`
  },
})

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}

/** Makes an address whole; one that is not of the web (`javascript:`, `data:`) is left out. */
function setOrRemove(element: Element, name: 'href' | 'src', base: URL): void {
  const given = element.getAttribute(name)
  if (given === null) return
  const url = URL.canParse(given, base) ? new URL(given, base) : undefined
  if (url && /^(https?|mailto):$/.test(url.protocol)) element.setAttribute(name, url.href)
  else element.removeAttribute(name)
}
