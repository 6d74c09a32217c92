import { cache } from 'react'
import { getStanding } from '@/lib/domain/accounts'
import { listAccountsOf } from '@/lib/domain/members'
import { may } from '@/lib/domain/members/rules'
import { requireActor } from '@/lib/edges/session'

/** Who looks at the page and where their account stands: read once per request, for the frame and the page alike. */
export const readPage = cache(async () => {
  const { actor, accountId } = await requireActor()
  const [standing, accounts] = await Promise.all([getStanding(actor, { accountId }), listAccountsOf(actor)])
  const role = accounts.find((account) => account.accountId === accountId)?.role ?? ''
  return { actor, accountId, accounts, role, standing, canWrite: may(role, 'billing:write') }
})
