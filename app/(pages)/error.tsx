'use client'
import { BrokenPage, type BrokenPageProps } from '#components/shell/broken-page.tsx'
import { EarlyInput } from '#components/shell/early-input.tsx'
import { Header } from '#components/shell/header.tsx'

/** A page failed: the sessions beside it go on. */
export default function ErrorPage(props: BrokenPageProps) {
  return (
    <>
      <Header />
      <BrokenPage {...props} />
      <EarlyInput />
    </>
  )
}
