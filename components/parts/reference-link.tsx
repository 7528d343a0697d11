import { safeHref } from '../markdown/safe-href.ts'

/** What a model or a tool refers to: a link when it leads somewhere safe. */
export function ReferenceLink({ url, label, kind }: { url: string; label: string; kind: string }) {
  const href = safeHref(url)
  return (
    <p className="my-2 text-list text-soft first:mt-0 last:mb-0">
      {kind}:{' '}
      {href ? (
        <a className="underline" href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
          {label}
        </a>
      ) : (
        label
      )}
    </p>
  )
}
