import { notFound } from 'next/navigation'
import { ClientTexts, getTexts } from '#texts'
import { FaultLab } from '@/components/fault-lab/fault-lab'
import { hasLab, readFaultLab } from '@/lib/domain/fault-lab'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('fault-lab'))('title') })

export default async function FaultLabPage() {
  if (!hasLab()) notFound()
  const { actor, accountId, canWrite } = await readPage()
  const lab = await readFaultLab(actor, { accountId })
  return (
    <ClientTexts
      of={['auto-top-up', 'disputes.statuses', 'fault-lab', 'ledger', 'payment-methods', 'purchases', 'refunds.states']}
    >
      <FaultLab accountId={accountId} initial={lab} canWrite={canWrite} />
    </ClientTexts>
  )
}
