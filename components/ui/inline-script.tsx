import { headers } from 'next/headers'

/** A script in the page itself, which runs before anything is loaded. */
export async function InlineScript({ text }: { text: string }) {
  const nonce = /'nonce-([^']+)'/.exec((await headers()).get('content-security-policy') ?? '')?.[1]
  return <script nonce={nonce}>{text}</script>
}
