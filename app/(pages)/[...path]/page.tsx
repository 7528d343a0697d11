import type { Metadata } from 'next'
import { notFound } from 'next/navigation'

export const metadata: Metadata = { title: 'Nothing here' }

/** No page has this address: that is said beside the sessions. */
export default function NoSuchPage() {
  notFound()
}
