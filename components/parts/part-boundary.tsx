'use client'
import { Component, type ReactNode } from 'react'
import type { Part } from '#lib/protocol/index.ts'

export interface PartBoundaryProps {
  part: Part
  children: ReactNode
}

/** A part whose drawing fails is shown as the text that it is, and takes nothing else with it. */
export class PartBoundary extends Component<PartBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    const { part, children } = this.props
    if (!this.state.hasFailed) return children
    return 'text' in part ? (
      <p className="whitespace-pre-wrap">{part.text}</p>
    ) : (
      <p className="run-note">A part of the answer could not be shown: {part.type}.</p>
    )
  }
}
