import type { PostPaidRequestDto } from '@/lib/domain/contracts'
import type { AccountLimitsDto } from '@/lib/domain/tiers'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { AccountMoney } from './account-limits'
import { DecidePostPaid } from './decide-post-paid'

type PostPaidQueueProps = {
  requests: (PostPaidRequestDto & { accountId: string; accountName: string; account: AccountLimitsDto })[]
  waiting: number
  canDecide: boolean
}

/** Requests for post-paid, oldest first, each with what speaks for or against it and the two answers. */
export function PostPaidQueue({ requests, waiting, canDecide }: PostPaidQueueProps) {
  return (
    <Card
      id="post-paid-requests"
      title="Post-paid"
      description={
        requests.length === 0
          ? 'Nobody waits. Customers ask in their billing settings. You can also move an account on its own page.'
          : waiting > requests.length
            ? `The oldest ${requests.length} of ${waiting} that wait.`
            : canDecide
              ? 'Oldest first. Approving opens the terms; the account is post-paid when you start the contract.'
              : 'Oldest first. Finance and admins decide.'
      }
      isFlush
    >
      <ul>
        {requests.map(({ account, ...request }) => (
          <li key={request.requestId} className="flex flex-col gap-4 border-t border-hairline px-4 py-4 sm:px-5">
            <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
              <div className="min-w-0 flex-1 basis-72">
                <p className="font-medium">
                  <TextLink href={`/operator/accounts/${request.accountId}`}>{request.accountName}</TextLink> expects{' '}
                  <MoneyText amount={request.expectedMonthly} currency={request.currency} /> of usage a month
                </p>
                <p className="mt-1 max-w-prose break-words">“{request.note}”</p>
                <p className="mt-1 text-xs text-muted">
                  {request.askedByName}, <TimeText at={request.createdAt} timeZone="UTC" withClock />
                </p>
              </div>
              {canDecide && (
                <DecidePostPaid
                  accountId={request.accountId}
                  accountName={request.accountName}
                  requestId={request.requestId}
                  expectedMonthly={request.expectedMonthly}
                />
              )}
            </div>
            <AccountMoney account={account} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
