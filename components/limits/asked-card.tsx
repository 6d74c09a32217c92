import { useFormats, useTexts } from '#texts'
import type { LimitRequestDto } from '@/lib/domain/tiers'
import { Badge, type Tone } from '../ui/badge'
import { Card } from '../ui/card'
import { WithdrawRequest } from '../withdraw-request'

type AskedCardProps = { accountId: string; asked: LimitRequestDto[]; mayWithdraw: boolean; timeZone: string }

const tones: Record<LimitRequestDto['state'], Tone> = {
  open: 'warn',
  granted: 'good',
  declined: 'bad',
  withdrawn: 'neutral',
}

/** What the account has asked the operator for, and what became of it. */
export function AskedCard({ accountId, asked, mayWithdraw, timeZone }: AskedCardProps) {
  const t = useTexts('limits.asked')
  const tAsk = useTexts('limits.ask')
  const f = useFormats()
  return (
    <Card id="asked" title={t('title')} description={t('description')} isFlush>
      <ul>
        {asked.map((request) => (
          <li
            key={request.requestId}
            className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-72">
              <p className="font-medium">
                {request.model ? t('tokensOf', { model: request.model }) : t(`kinds.${request.kind}`)}
              </p>
              <p className="break-words text-muted">{t('reason', { reason: request.reason })}</p>
              <p className="text-muted">
                {t('by', { person: request.askedByName, instant: f.instant(request.createdAt, timeZone) })}
              </p>
              {request.note && <p className="break-words">{t('note', { note: request.note })}</p>}
            </div>
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={tones[request.state]}>{t(`states.${request.state}`)}</Badge>
              {request.state === 'open' && mayWithdraw && (
                <WithdrawRequest
                  accountId={accountId}
                  path={`limits/requests/${request.requestId}`}
                  label={tAsk('withdraw')}
                  busyLabel={tAsk('busy')}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
