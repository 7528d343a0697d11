import { headers } from 'next/headers'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { Findings } from '#components/shell/findings.tsx'
import { examineServer } from '#lib/doctor/index.ts'
import { mayOperate } from '#lib/http/index.ts'
import { getRuntime, type Runtime } from '#lib/runtime.ts'

export const dynamic = 'force-dynamic'

/** How the server is, for whoever runs it; to others the page is not there. */
export default async function OperatorPage() {
  const runtime = await getRuntime()
  if (!mayOperate(await headers(), runtime.config)) notFound()
  return (
    <main className="mx-auto max-w-measure px-6 py-8 max-[520px]:px-4">
      <header className="mb-6 flex items-center gap-3">
        <h1 className="font-semibold text-2xl tracking-tight">How this server is</h1>
        <form action="/operator" className="ml-auto">
          <button type="submit" className="button">
            Check again
          </button>
        </form>
      </header>
      <Suspense fallback={<p className="text-soft">Looking. This takes a few seconds.</p>}>
        <Diagnosis runtime={runtime} />
      </Suspense>
      <p className="mt-6 text-small text-soft">
        The same in a terminal: <code className="code">npm run doctor</code>.{' '}
        <Link href="/" className="underline">
          Back to Rill
        </Link>
      </p>
    </main>
  )
}

async function Diagnosis({ runtime }: { runtime: Runtime }) {
  return <Findings findings={await examineServer(runtime)} />
}
