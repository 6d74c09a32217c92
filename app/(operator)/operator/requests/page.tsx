import { DecidedRequests, LimitQueue } from '@/components/operator/limit-queue'
import { PostPaidQueue } from '@/components/operator/post-paid-queue'
import { PageHeader } from '@/components/ui/page-header'
import { listOpenPostPaidRequests } from '@/lib/domain/contracts'
import { getAccountLimits, getLimitQueue } from '@/lib/domain/tiers'
import { readOperator } from '../page-data'

export const metadata = { title: 'Requests · Operator' }

const mostShown = 20

export default async function RequestsPage() {
  const { actor, may } = await readOperator()
  const [queue, asked] = await Promise.all([getLimitQueue(actor), listOpenPostPaidRequests(actor)])
  const requests = await Promise.all(
    asked.slice(0, mostShown).map(async (request) => ({
      ...request,
      account: await getAccountLimits(actor, { accountId: request.accountId }),
    })),
  )
  const canDecide = may('platform:write')
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title="Requests" description="What customers ask this platform for, and wait for an answer to." />
      <LimitQueue queue={queue} canDecide={canDecide} />
      <PostPaidQueue requests={requests} waiting={asked.length} canDecide={canDecide} />
      <DecidedRequests decided={queue.decided} />
    </div>
  )
}
