const SAFE = new Set(['http:', 'https:', 'mailto:'])

/** An address that a link may lead to, or undefined: scripts, data and addresses within the app are not a model's to give. */
export function safeHref(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined
  const url = new URL(href)
  return SAFE.has(url.protocol) ? url.href : undefined
}
