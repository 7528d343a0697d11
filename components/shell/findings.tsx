interface Finding {
  name: string
  status: 'ok' | 'warning' | 'failed'
  found: string
  change?: string
}

const COLOURS = { ok: 'bg-good', warning: 'bg-warn', failed: 'bg-bad' } as const

/** What the doctor found, one row a check. */
export function Findings({ findings }: { findings: Finding[] }) {
  return (
    <ul className="border-hair border-t" aria-label="Checks">
      {findings.map(({ name, status, found, change }) => (
        <li key={name} className="grid grid-cols-[8.5rem_1fr] gap-x-4 border-hair border-b py-3 text-list max-[520px]:grid-cols-1">
          <h2 className="flex items-baseline gap-2.5 font-medium">
            <i className={`size-2 flex-none rounded-full ${COLOURS[status]}`} aria-hidden="true" />
            <span>
              <span className="block first-letter:uppercase">{name}</span>
              <span className="block font-normal text-small text-soft">{status}</span>
            </span>
          </h2>
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p className="first-letter:uppercase">{found}</p>
            {change !== undefined && <p className="mt-1 text-soft">{change}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}
