import { expect } from 'vitest'
import { query } from '@/lib/edges/db'
import type { MoneyIn } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { drainJobs, passTime } from '@/lib/testing/top-ups'
import { dueNow } from './queue'

/** What every case ends with: nothing waits in the inbox, every invariant holds, and Stripe and the ledger say the same. */
export async function expectAllWell(world: MoneyIn): Promise<void> {
  await dueNow(world.databaseUrl)
  await world.drainEvents()
  await drainJobs(world)
  // Stripe books a payment on its balance a moment after it succeeded.
  await passTime(world, 10_000)
  await world.drainEvents()
  await drainJobs(world)
  const waiting = await query(`select event_id, type, status from stripe_events where status in ('received', 'dead')`)
  expect(waiting, 'the inbox').toEqual([])
  await expectStripeAndLedgerToAgree(world)
}
