import { redirect } from 'next/navigation'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { getConfirmUrl } from '@/lib/domain/auto-top-up'
import { readPage } from '../../../page-data'

export const metadata = { title: 'Confirm a payment' }

type ConfirmPageProps = { params: Promise<{ attemptId: string }> }

/** Where the mailed link leads: on to the page at Stripe, for those who may pay, as long as there is something to confirm. */
export default async function ConfirmPage({ params }: ConfirmPageProps) {
  const [{ attemptId }, { actor, accountId, canWrite }] = await Promise.all([params, readPage()])
  const url = canWrite ? await getConfirmUrl(actor, { accountId, attemptId }) : null
  if (url) redirect(url)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title="Confirm a payment" />
      {canWrite ? (
        <Banner
          tone="info"
          title="There is nothing to confirm any more"
          action={<ButtonLink href="/credits#auto-top-up">See auto top-up</ButtonLink>}
        >
          This payment was confirmed, has ended, or is of another account. You have not been charged by opening this
          link.
        </Banner>
      ) : (
        <Banner tone="warn" title="Your role in this account does not pay">
          Ask an owner, admin or billing member to confirm the payment with the bank.
        </Banner>
      )}
    </div>
  )
}
