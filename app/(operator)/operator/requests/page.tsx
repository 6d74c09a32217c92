import { DecidedRequests, LimitQueue } from '@/components/operator/limit-queue'
import { PageHeader } from '@/components/ui/page-header'
import { getLimitQueue } from '@/lib/domain/tiers'
import { readOperator } from '../page-data'

export const metadata = { title: 'Requests · Operator' }

export default async function RequestsPage() {
  const { actor, may } = await readOperator()
  const queue = await getLimitQueue(actor)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title="Requests" description="What customers ask this platform for, and wait for an answer to." />
      <LimitQueue queue={queue} canDecide={may('platform:write')} />
      <DecidedRequests decided={queue.decided} />
    </div>
  )
}
