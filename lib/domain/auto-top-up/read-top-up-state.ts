import type { Tx } from '@/lib/edges/db'
import { stateOf, type TopUpState } from './rules'
import { findOpenAttempt, readSetting } from './store'

/** Where the account's auto top-up stands, without its timeline: two short reads, for what is asked every few seconds. */
export async function readTopUpState(tx: Tx, accountId: string, at: Date): Promise<TopUpState> {
  const [setting, open] = await Promise.all([readSetting(tx, accountId), findOpenAttempt(tx, accountId)])
  return setting ? stateOf(setting, { needsCustomer: open?.state === 'requires_action', at }) : 'off'
}
