import sansItalic from '@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-italic.woff2'
import sans from '@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2'
import mono from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'
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
        <link rel="preload" as="font" type="font/woff2" href={sans} crossOrigin="anonymous" />
        <link rel="preload" as="font" type="font/woff2" href={mono} crossOrigin="anonymous" />
        <link rel="prefetch" as="font" type="font/woff2" href={sansItalic} crossOrigin="anonymous" />
        <MendScript />
      </head>
      <body>{children}</body>
    </html>
  )
}
