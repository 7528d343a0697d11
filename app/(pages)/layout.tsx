import type { ReactNode } from 'react'
import { Shell } from '#components/shell/drawer.tsx'
import { EarlyInputScript } from '#components/shell/early-input-script.tsx'
import { Sidebar } from '#components/sidebar/sidebar.tsx'
import { SessionListProvider } from '#lib/client/session-list.tsx'
import { loadSessions } from '#lib/http/page.ts'

export const dynamic = 'force-dynamic'

export default async function PagesLayout({ children }: { children: ReactNode }) {
  const sessions = await loadSessions()
  return (
    <SessionListProvider initial={sessions}>
      <EarlyInputScript />
      <Shell sidebar={<Sidebar />}>{children}</Shell>
    </SessionListProvider>
  )
}
