'use client'

import { useSyncExternalStore } from 'react'
import { defaultLocale, directionOf, isLocale, type Locale, localeCookie } from '@/components/intl/locales'

/** The frame that would bring the messages is what failed, so these few words are here. */
const words: Record<Locale, { title: string; body: string; retry: string }> = {
  en: {
    title: 'This page could not be shown',
    body: 'Something failed on our side. Your credit and your purchases are not affected.',
    retry: 'Try again',
  },
  de: {
    title: 'Diese Seite konnte nicht angezeigt werden',
    body: 'Auf unserer Seite ist etwas fehlgeschlagen. Ihr Guthaben und Ihre Käufe sind nicht betroffen.',
    retry: 'Erneut versuchen',
  },
  ar: {
    title: 'تعذّر عرض هذه الصفحة',
    body: 'حدث خطأ لدينا. لا يتأثر رصيدك ولا مشترياتك.',
    retry: 'إعادة المحاولة',
  },
}

function chosenLocale(): Locale {
  const chosen = new RegExp(`(?:^|; )${localeCookie}=(\\w+)`).exec(document.cookie)?.[1]
  const wished = navigator.languages.map((tag) => tag.split('-')[0])
  return [chosen, ...wished].find(isLocale) ?? defaultLocale
}

const neverChanges = () => () => {}

/** The last resort: the frame itself failed, so this page brings its own. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  const locale = useSyncExternalStore(neverChanges, chosenLocale, () => defaultLocale)
  const { title, body, retry } = words[locale]
  return (
    <html lang={locale} dir={directionOf(locale)}>
      <body>
        <main>
          <title>Purse</title>
          <h1>{title}</h1>
          <p>{body}</p>
          <button type="button" onClick={reset}>
            {retry}
          </button>
        </main>
      </body>
    </html>
  )
}
