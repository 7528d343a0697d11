'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { toAppError } from '#lib/protocol/index.ts'
import { api } from './api.ts'
import type { McpServer } from './mcp-server.ts'

/** How often it is asked again while it is looked at, or a server is on its way. */
const EVERY_MS = 5_000

export interface McpServers {
  /** Empty where none are configured, and until the first answer. */
  servers: McpServer[]
  /** Why the last question had no answer, while it is looked at. */
  problem: string | null
}

/** The servers of tools and how they are: asked once and when the page is looked at again; while `isOpen`, or one connects, every 5 s. */
export function useMcpServers(isOpen: boolean): McpServers {
  const [servers, setServers] = useState<McpServer[]>([])
  const [problem, setProblem] = useState<string | null>(null)
  const asked = useRef(0)
  const load = useCallback(async () => {
    asked.current += 1
    const mine = asked.current
    try {
      const answer = await api.mcpServers()
      if (mine !== asked.current) return
      setServers(answer)
      setProblem(null)
    } catch (error) {
      if (mine === asked.current) setProblem(toAppError(error).message)
    }
  }, [])

  useEffect(() => {
    void load()
    const onFocus = () => void load()
    window.addEventListener('focus', onFocus)
    return () => window.removeEventListener('focus', onFocus)
  }, [load])

  useEffect(() => {
    if (isOpen) void load()
  }, [isOpen, load])

  const isChanging = isOpen || servers.some(({ status }) => status === 'connecting')
  useEffect(() => {
    if (!isChanging) return
    const timer = setInterval(() => {
      if (!document.hidden) void load()
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [isChanging, load])

  return { servers, problem }
}
