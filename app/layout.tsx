import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { RootTexts, useLocale } from '#texts'
import { directionOf } from '@/components/intl/locales'
import { Tips } from '@/components/ui/tips'
import './globals.css'
import { readTheme } from './theme'

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
      className={GeistSans.variable}
      {...(theme !== 'system' && { 'data-theme': theme })}
      suppressHydrationWarning
    >
      <body>
        <RootTexts of={['ui']}>
          {children}
          <Tips />
        </RootTexts>
      </body>
    </html>
  )
}
