'use client'
import { useCallback, useState } from 'react'
import { useMcpServers } from '#lib/client/index.ts'
import { useCommand } from '../commands/commands.ts'
import { Late, latePart } from '../ui/late.tsx'

const latePanel = latePart(async () => (await import('./mcp-panel.tsx')).McpPanel)

/** The way to the tools: how many the servers have, whether one of those is not well, and what was decided about tools. */
export function McpEntry() {
  const [isOpen, setIsOpen] = useState(false)
  const { servers, problem } = useMcpServers(isOpen)
  const open = useCallback(() => setIsOpen(true), [])
  useCommand('tools', open)
  const count = servers.reduce((sum, server) => sum + server.tools, 0)
  const trouble = servers.some(({ status }) => status === 'failed')
    ? 'a server failed'
    : servers.some(({ status }) => status === 'needs-sign-in')
      ? 'a server needs you to sign in'
      : null
  return (
    <>
      <button type="button" className="quiet-button ml-auto flex items-center gap-1.5" aria-haspopup="dialog" onClick={open}>
        Tools {count > 0 && <span className="tabular-nums">{count}</span>}
        {trouble && (
          <i
            className={`size-[7px] forced-color-adjust-none rounded-full ${trouble === 'a server failed' ? 'bg-bad' : 'bg-warn'}`}
            role="img"
            aria-label={trouble}
            title={trouble}
          />
        )}
      </button>
      {isOpen && <Late part={latePanel} props={{ servers, problem, onClose: () => setIsOpen(false) }} />}
    </>
  )
}
