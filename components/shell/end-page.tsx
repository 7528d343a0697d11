import type { ReactNode } from 'react'

export interface EndPageProps {
  /** How the line ends: nothing goes on from here, or something broke. */
  line: 'stopped' | 'failed'
  title: string
  /** What happened and what was kept, a paragraph each. */
  children: ReactNode
  /** What can be done now. */
  actions: ReactNode
}

/** Where a way through the app ends: told as an answer is, on its line. */
export function EndPage({ line, title, children, actions }: EndPageProps) {
  return (
    <div className="end-page">
      <section className="answer" data-line={line}>
        <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
        {children}
        <p className="end-actions">{actions}</p>
        <i className="line" aria-hidden="true" />
      </section>
    </div>
  )
}
