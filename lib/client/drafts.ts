/** Text that was typed and not sent, by session, in this browser. Where storage is refused, a draft lives as long as the page. */
const memory = new Map<string, string>()

function keyOf(sessionId: string | null): string {
  return `rill:draft:${sessionId ?? 'new'}`
}

export function readDraft(sessionId: string | null): string {
  const key = keyOf(sessionId)
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? ''
  } catch {
    // Storage is off in this browser.
    return memory.get(key) ?? ''
  }
}

export function writeDraft(sessionId: string | null, text: string): void {
  const key = keyOf(sessionId)
  memory.set(key, text)
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // Storage is off or full: the draft stays in memory.
  }
}
