import type { LimitQueueDto } from '@/lib/domain/tiers'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { AccountLimits, AccountMoney, ModelUse } from './account-limits'
import { DecideLimitRequest } from './decide-limit-request'

type OpenRequest = LimitQueueDto['open'][number]

/** What is asked for, in the middle of a sentence. */
function askedFor({ kind, model }: { kind: OpenRequest['kind']; model: string | null }): string {
  if (kind === 'requests') return 'more requests a minute'
  if (kind === 'tier') return 'another tier or a contract'
  return model ? `more tokens a minute of ${model}` : 'more tokens a minute'
}

/** Requests for higher limits, oldest first, each with what speaks for or against it and the two answers. */
export function LimitQueue({ queue, canDecide }: { queue: LimitQueueDto; canDecide: boolean }) {
  const { open, waiting } = queue
  return (
    <Card
      id="limit-requests"
      title="Higher limits"
      description={
        open.length === 0
          ? 'Nobody waits. Customers ask on their Limits page; the request is mailed to you and stands here.'
          : waiting > open.length
            ? `The oldest ${open.length} of ${waiting} that wait.`
            : canDecide
              ? 'Oldest first. Whoever asked is told of the answer.'
              : 'Oldest first. Finance and admins decide.'
      }
      isFlush
    >
      <ul>
        {open.map((request) => (
          <OpenItem key={request.requestId} request={request} canDecide={canDecide} />
        ))}
      </ul>
    </Card>
  )
}

function OpenItem({ request, canDecide }: { request: OpenRequest; canDecide: boolean }) {
  const { account, kind, model, reason, askedByName, createdAt, requestId } = request
  const { accountId, accountName } = account
  const models = model ? account.models.filter((one) => one.model === model) : account.models
  const [first] = models
  const what = askedFor({ kind, model: (model && first?.name) || model })
  return (
    <li className="flex flex-col gap-4 border-t border-hairline px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <p className="font-medium">
            <TextLink href={`/operator/accounts/${accountId}`}>{accountName}</TextLink> asks for {what}
          </p>
          <p className="mt-1 max-w-prose break-words">“{reason}”</p>
          <p className="mt-1 text-xs text-muted">
            {askedByName}, <TimeText at={createdAt} timeZone="UTC" withClock />
          </p>
        </div>
        {canDecide && (
          <DecideLimitRequest
            accountId={accountId}
            accountName={accountName}
            requestId={requestId}
            kind={kind}
            what={what}
            reason={reason}
            requestsNow={account.requests.limit}
            tokensNow={account.ownTokens ?? first?.limits ?? account.start}
          />
        )}
      </div>
      <AccountMoney account={account} />
      <AccountLimits account={account} />
      {kind === 'tokens' && <ModelUse models={models} />}
    </li>
  )
}

/** What was answered last. */
export function DecidedRequests({ decided }: { decided: LimitQueueDto['decided'] }) {
  if (decided.length === 0) return null
  return (
    <Card id="decided" title="Answered last" isFlush>
      <ul>
        {decided.map((request) => (
          <li
            key={request.requestId}
            className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 border-t border-hairline px-4 py-3 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-72">
              <p>
                <TextLink href={`/operator/accounts/${request.accountId}`}>{request.accountName}</TextLink> asked for{' '}
                {askedFor(request)}
              </p>
              {request.note && <p className="break-words text-muted">“{request.note}”</p>}
              <p className="text-xs break-all text-muted">
                {request.decidedBy ?? 'On the server'}
                {request.decidedAt && (
                  <>
                    , <TimeText at={request.decidedAt} timeZone="UTC" withClock />
                  </>
                )}
              </p>
            </div>
            <Badge tone={request.state === 'granted' ? 'good' : 'bad'}>
              {request.state === 'granted' ? 'Granted' : 'Declined'}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  )
}
