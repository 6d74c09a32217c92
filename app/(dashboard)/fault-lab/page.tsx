import { notFound } from 'next/navigation'
import { EnglishTexts } from '#texts'
import { FaultLab } from '@/components/fault-lab/fault-lab'
import { hasLab, readFaultLab } from '@/lib/domain/fault-lab'
import { readPage } from '../page-data'

export const metadata = { title: 'Fault lab' }

export default async function FaultLabPage() {
  if (!hasLab()) notFound()
  const { actor, accountId, canWrite } = await readPage()
  const lab = await readFaultLab(actor, { accountId })
  return (
    <EnglishTexts of={['ui', 'ledger', 'problems', 'purchases']}>
      <FaultLab accountId={accountId} initial={lab} canWrite={canWrite} />
    </EnglishTexts>
  )
}
