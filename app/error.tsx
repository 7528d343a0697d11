'use client'

export default function ErrorPage() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div>
        <h1 className="font-semibold text-2xl">The page could not be shown</h1>
        <p className="mt-2 text-soft">What was said is kept. Try again in a moment.</p>
        <button type="button" className="button mt-6" onClick={() => location.reload()}>
          Try again
        </button>
      </div>
    </main>
  )
}
