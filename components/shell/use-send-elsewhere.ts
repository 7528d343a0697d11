'use client'
import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { loadLate } from '#lib/client/load-late.ts'
import { unsentSessions } from '#lib/client/outbox.ts'

/** What was sent and has not arrived goes out from whatever page is shown, and not from its session's alone. */
export function useSendElsewhere(): void {
  const shownId = usePathname().split('/')[2]
  useEffect(() => {
    const left = new AbortController()
    const begin = async () => {
      if (unsentSessions().every((sessionId) => sessionId === shownId)) return
      // Without its script, the network is away: it is begun again when that is back.
      const late = await loadLate(() => import('#lib/client/send-elsewhere.ts')).catch(() => null)
      await late?.sendElsewhere(shownId, left.signal)
    }
    void begin()
    window.addEventListener('online', begin, { signal: left.signal })
    return () => left.abort()
  }, [shownId])
}
