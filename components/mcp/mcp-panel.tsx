'use client'
import type { McpServer } from '#lib/client/index.ts'
import { Panel } from '../ui/panel.tsx'
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
  return (
    <Panel title="Tools" onClose={onClose}>
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
    </Panel>
  )
}
