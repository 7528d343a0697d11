'use client'
import { useRef } from 'react'
import type { McpServer } from '#lib/client/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Decisions } from './decisions.tsx'
import { McpServerRow } from './mcp-server-row.tsx'

export interface McpPanelProps {
  servers: readonly McpServer[]
  /** Why it is not known how they are now. */
  problem: string | null
  onClose: () => void
}

/** The servers of tools, and how each is. */
export function McpPanel({ servers, problem, onClose }: McpPanelProps) {
  const dialog = useRef<{ close(): void }>(null)
  return (
    <Dialog ref={dialog} className="mcp-panel" labelledBy="mcp-title" onClose={onClose}>
      <div className="mcp-content">
        <header className="flex items-center gap-2">
          <h2 id="mcp-title" className="font-semibold text-read">
            Tools
          </h2>
          <button type="button" className="icon-button ml-auto" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {problem !== null && (
          <p className="text-bad text-small" role="alert">
            {problem} This is how they were before.
          </p>
        )}
        {servers.length > 0 && (
          <ul aria-label="Servers">
            {servers.map((server) => (
              <McpServerRow key={server.name} server={server} />
            ))}
          </ul>
        )}
        {servers.length === 0 && problem === null && (
          <p className="text-small text-soft">
            No server of tools is configured. <code className="code">rill.config.json</code> names them: docs/mcp.md says how.
          </p>
        )}
        <Decisions />
      </div>
    </Dialog>
  )
}
