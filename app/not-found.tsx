import { getTexts, useTexts } from '#texts'
import { buttonLook } from '@/components/ui/button-look'

export const generateMetadata = async () => ({ title: (await getTexts('ui.notFound'))('page') })

export default function NotFound() {
  const t = useTexts('ui.notFound')
  return (
    <main id="main" className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-4">
      <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="text-muted">{t('body')}</p>
      <div>
        {/* A plain link: this page stands beside every other, which would carry the router's link for it. */}
        <a href="/" className={buttonLook('primary')}>
          {t('home')}
        </a>
      </div>
    </main>
  )
}
