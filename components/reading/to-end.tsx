import { Icon } from '../ui/icon.tsx'
import type { News } from './use-news.ts'

/** The way to the end for a reader who is elsewhere; says how much has come there meanwhile. */
export function ToEnd({ news, onPress }: { news: News; onPress: () => void }) {
  const text = textOf(news)
  return (
    <button type="button" className="to-end" aria-label={`Jump to the latest${text && `: ${text}`}`} onClick={onPress}>
      <Icon name="down" />
      {text}
    </button>
  )
}

function textOf({ messages, words }: News): string {
  if (messages > 0) return `${messages.toLocaleString('en')} new ${messages === 1 ? 'message' : 'messages'}`
  return words > 0 ? `${words.toLocaleString('en')} new ${words === 1 ? 'word' : 'words'}` : ''
}
