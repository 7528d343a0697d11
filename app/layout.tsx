import '@fontsource-variable/instrument-sans/wght.css'
import '@fontsource-variable/instrument-sans/wght-italic.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './globals.css'
import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { MendScript } from '#components/shell/mend-script.tsx'

export const metadata: Metadata = {
  title: { default: 'Rill', template: '%s · Rill' },
  description: 'A streaming agent chat that keeps every word it shows.',
}
export const viewport: Viewport = { width: 'device-width', initialScale: 1, viewportFit: 'cover', interactiveWidget: 'resizes-content' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get('rill-theme')?.value
  return (
    <html lang="en" data-theme={theme === 'light' || theme === 'dark' ? theme : undefined} suppressHydrationWarning>
      <head>
        <MendScript />
      </head>
      <body>{children}</body>
    </html>
  )
}
