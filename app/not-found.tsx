import Link from 'next/link'

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div>
        <h1 className="font-semibold text-2xl">There is nothing here</h1>
        <p className="mt-2 text-soft">The session was deleted, or it belongs to someone else.</p>
        <Link className="button mt-6 inline-block" href="/">
          New session
        </Link>
      </div>
    </main>
  )
}
