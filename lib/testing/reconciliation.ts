/** The end of every story in which Stripe took or returned money. */
import { expect } from 'vitest'
import { system } from '@/lib/core/actor'
import { readDriftReport, runReconciliation } from '@/lib/domain/reconciliation'
import { expectBooksToAgree } from './builders'
import type { MoneyIn } from './money-in'

/**
 * Compares everything that the sandbox has with the ledger, in both directions and in total, and expects no difference;
 * then checks the books. Nothing is put right on the way: let events arrive and jobs run before (`drainEvents`, `drainJobs`).
 * Payments that were put aside for a person are no difference. Accounts with purchases that no sandbox knows (`anAccount({
 * bought })`) do not belong into such a world.
 */
export async function expectStripeAndLedgerToAgree(world: Pick<MoneyIn, 'databaseUrl'>): Promise<void> {
  expect(await differences()).toEqual([])
  await expectBooksToAgree(world.databaseUrl)
}

/** Every difference between the sandbox and the ledger, as "kind: sentence". */
export async function differences(): Promise<string[]> {
  const actor = system('test')
  const { reportId } = await runReconciliation(actor, { since: null, isHealing: false, looks: 3, pauseMs: 500 })
  const { findings, totals } = await readDriftReport(actor, { reportId })
  const open = findings.filter(({ state }) => state === 'open').map(({ kind, sentence }) => `${kind}: ${sentence}`)
  const off = totals.filter(({ ledger }) => ledger.expected !== ledger.posted)
  return [
    ...open,
    ...off.map(({ currency, ledger }) => `total ${currency}: ${ledger.posted} instead of ${ledger.expected}`),
  ]
}
