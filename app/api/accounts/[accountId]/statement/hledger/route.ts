import type { Actor } from '@/lib/core/actor'
import { exportJournal } from '@/lib/domain/statement'
import { route } from '@/lib/http/route'

const exportForHledger = (actor: Actor, { accountId }: { accountId: string }) =>
  exportJournal(actor, { accountId, format: 'hledger' })

export const GET = route({ auth: 'session' }, exportForHledger)
