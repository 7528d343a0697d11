import { EarlyInput } from '#components/shell/early-input.tsx'
import { Header } from '#components/shell/header.tsx'
import { NothingHere } from '#components/shell/nothing-here.tsx'

export default function SessionNotFound() {
  return (
    <>
      <Header />
      <NothingHere what="session" />
      <EarlyInput />
    </>
  )
}
