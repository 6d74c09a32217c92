import type { AccountLimitsDto } from '@/lib/domain/tiers'
import { Card } from '../ui/card'
import { TextLink } from '../ui/text-link'
import { AccountLimits, ModelUse } from './account-limits'
import { SetLimits } from './set-limits'

/** An account's limits, what it uses of them, and the form that sets them. */
export function LimitsCard({ account, canWrite }: { account: AccountLimitsDto; canWrite: boolean }) {
  const waits = account.asked.some(({ state }) => state === 'open')
  return (
    <Card
      id="limits"
      title="Limits"
      description={
        waits && (
          <>
            It asks for more. <TextLink href="/operator/requests">Decide</TextLink>
          </>
        )
      }
      action={canWrite && <SetLimits account={account} />}
    >
      <div className="flex flex-col gap-4">
        <AccountLimits account={account} />
        <ModelUse models={account.models} />
      </div>
    </Card>
  )
}
