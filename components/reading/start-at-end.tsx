import { headers } from 'next/headers'

/** The first paint shows the end of a conversation: it does not wait for the page's scripts. */
export async function StartAtEnd() {
  const nonce = /'nonce-([^']+)'/.exec((await headers()).get('content-security-policy') ?? '')?.[1]
  return <script nonce={nonce}>{"document.querySelector('.scroller')?.scrollTo(0, 1e9)"}</script>
}
