'use client'
import { type SyntheticEvent, useEffect, useRef } from 'react'
import type { McpServer } from '#lib/client/index.ts'
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
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  // The browser gives the focus back, and then tells `onClose`.
  const close = () => dialog.current?.close()
  /** A press beside the panel is one on the dialog itself. */
  const onClick = (event: SyntheticEvent) => {
    if (event.target === dialog.current) close()
  }
  return (
    <dialog
      ref={dialog}
      className="mcp-panel"
      aria-labelledby="mcp-title"
      onClose={onClose}
      onClick={onClick}
      onKeyDown={(event) => {
        // Only the panel closes, not the drawer under it.
        if (event.key === 'Escape') event.nativeEvent.stopImmediatePropagation()
      }}
    >
      <div className="mcp-content">
        <header className="flex items-center gap-2">
          <h2 id="mcp-title" className="font-semibold text-read">
            Tools
          </h2>
          <button type="button" className="icon-button ml-auto" aria-label="Close" onClick={close}>
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
    </dialog>
  )
}
