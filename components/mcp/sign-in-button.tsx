'use client'
import { useState } from 'react'
import { api } from '#lib/client/index.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { safeHref } from '../markdown/safe-href.ts'

/** Takes the user to where a server lets them sign in. */
export function SignInButton({ name }: { name: string }) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isAsking, setIsAsking] = useState(false)
  const signIn = async () => {
    if (isAsking) return
    setIsAsking(true)
    setProblem(null)
    try {
      const href = safeHref((await api.signInToMcp(name)).url)
      // Where it leads is the server's word: it must be a page, and nothing that runs here.
      if (href?.startsWith('http')) location.assign(href)
      else setProblem('The server gave no address to sign in at.')
    } catch (error) {
      setProblem(toAppError(error).message)
    }
    setIsAsking(false)
  }
  return (
    <span className="ml-auto flex flex-none flex-col items-end">
      <button type="button" className="button" aria-label={`Sign in to ${name}`} aria-disabled={isAsking} onClick={() => void signIn()}>
        {isAsking ? 'Asking…' : 'Sign in'}
      </button>
      {problem !== null && (
        <span className="max-w-[14rem] text-right text-bad text-small" role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}
