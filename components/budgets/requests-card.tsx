import { useFormats, useTexts } from '#texts'
import type { BudgetRequestDto } from '@/lib/domain/budgets'
import { Badge, type Tone } from '../ui/badge'
import { Card } from '../ui/card'
import { RequestActions } from './request-actions'

type RequestsCardProps = {
  accountId: string
  requests: BudgetRequestDto[]
  /** Who looks. */
  userId: string
  mayDecide: boolean
  timeZone: string
}

const tones: Record<BudgetRequestDto['state'], Tone> = {
  open: 'warn',
  approved: 'good',
  declined: 'bad',
  withdrawn: 'neutral',
}

/** What members have asked for, and what became of it. */
export function RequestsCard({ accountId, requests, userId, mayDecide, timeZone }: RequestsCardProps) {
  const t = useTexts('budgets')
  const f = useFormats()
  const open = requests.filter(({ state }) => state === 'open').length
  return (
    <Card
      id="requests"
      title={t('requests.title')}
      description={requests.length > 0 ? t('requests.open', { count: open }) : undefined}
      isFlush={requests.length > 0}
    >
      {requests.length === 0 && <p className="text-muted">{t('requests.none')}</p>}
      <ul>
        {requests.map((request) => (
          <li
            key={request.requestId}
            className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-72">
              <p>
                {t.rich(`requests.what.${request.scope}`, {
                  person: () => <bdi>{request.askedBy.name}</bdi>,
                  name: () => <bdi>{request.subjectName}</bdi>,
                  window: t(`requests.windowWords.${request.window}`),
                  limit: f.money(request.limit),
                  asked: f.money(request.askedLimit),
                })}
              </p>
              {request.reason && <p className="text-muted">{t('requests.reason', { reason: request.reason })}</p>}
              <p className="text-muted">{t('requests.at', { instant: f.instant(request.createdAt, timeZone) })}</p>
              {request.note && <p className="text-muted">{t('requests.note', { note: request.note })}</p>}
            </div>
            {request.state === 'open' ? (
              <RequestActions
                accountId={accountId}
                request={request}
                mayDecide={mayDecide}
                mayWithdraw={request.askedBy.id === userId}
              />
            ) : (
              <div className="text-end">
                <Badge tone={tones[request.state]}>{t(`requests.states.${request.state}`)}</Badge>
                {request.decidedAt && (
                  <p className="text-muted">
                    {t('requests.decided', {
                      person: request.decidedByName ?? '',
                      instant: f.instant(request.decidedAt, timeZone),
                    })}
                  </p>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
