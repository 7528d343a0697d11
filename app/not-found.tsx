import { NothingHere } from '#components/shell/nothing-here.tsx'

export default function NotFound() {
  return (
    <main className="end-page">
      <NothingHere what="page" />
    </main>
  )
}
