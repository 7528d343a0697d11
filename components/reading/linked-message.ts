/** The message that the anchor of a heading or a footnote is in: its id stands in it. Null for other anchors. */
export function linkedMessage(anchor: string): string | null {
  return /(?:^|-)([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-\d+-[\da-z]+$/.exec(anchor)?.[1] ?? null
}

/** What the hash of an address names; empty for what nobody can have made a link of. */
export function anchorIn(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    // It was written by hand.
    return ''
  }
}
