import type { Metadata, Viewport } from 'next'
import localFont from 'next/font/local'
import type { ReactNode } from 'react'
import { RootTexts, useLocale } from '#texts'
import { directionOf } from '@/components/intl/locales'
import { KeepFocus } from '@/components/ui/keep-focus'
import { NowListening } from '@/components/ui/now-listening'
import { Tips } from '@/components/ui/tips'
import './globals.css'
import { readTheme } from './theme'

// Optional: a page that is painted before the font is there keeps the system's, and nothing moves under the reader's eyes.
// Fetched where it is shown, which globals.css says.
const sans = localFont({
  src: '../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist-sans',
  weight: '100 900',
  display: 'optional',
  preload: false,
})

export const metadata: Metadata = {
  title: { default: 'Purse', template: '%s · Purse' },
  description: 'Credits, usage and billing.',
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f9fafb' },
    { media: '(prefers-color-scheme: dark)', color: '#0d0f13' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await readTheme()
  const locale = useLocale()
  return (
    <html
      lang={locale}
      dir={directionOf(locale)}
      className={sans.variable}
      {...(theme !== 'system' && { 'data-theme': theme })}
      suppressHydrationWarning
    >
      <body>
        <RootTexts of={['ui']}>
          {children}
          <Tips />
          <KeepFocus />
          <NowListening />
        </RootTexts>
      </body>
    </html>
  )
}
