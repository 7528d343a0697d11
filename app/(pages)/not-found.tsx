import { EarlyInput } from '#components/shell/early-input.tsx'
import { Header } from '#components/shell/header.tsx'
import { NothingHere } from '#components/shell/nothing-here.tsx'

export default function NotFound() {
  return (
    <>
      <Header />
      <NothingHere what="page" />
      <EarlyInput />
    </>
  )
}
