import { redirect } from 'next/navigation'
import { getTexts, useTexts } from '#texts'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { getConfirmUrl } from '@/lib/domain/auto-top-up'
import { readPage } from '../../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('auto-top-up.confirmPage'))('title') })

type ConfirmPageProps = { params: Promise<{ attemptId: string }> }

/** Where the mailed link leads: on to the page at Stripe, for those who may pay, as long as there is something to confirm. */
export default async function ConfirmPage({ params }: ConfirmPageProps) {
  const t = useTexts('auto-top-up.confirmPage')
  const [{ attemptId }, { actor, accountId, canWrite }] = await Promise.all([params, readPage()])
  const url = canWrite ? await getConfirmUrl(actor, { accountId, attemptId }) : null
  if (url) redirect(url)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title={t('title')} />
      {canWrite ? (
        <Banner
          tone="info"
          title={t('nothing')}
          action={<ButtonLink href="/credits#auto-top-up">{t('see')}</ButtonLink>}
        >
          {t('nothingBody')}
        </Banner>
      ) : (
        <Banner tone="warn" title={t('notYours')}>
          {t('notYoursBody')}
        </Banner>
      )}
    </div>
  )
}
