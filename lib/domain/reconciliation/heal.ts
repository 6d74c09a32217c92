import { type Actor, system } from '@/lib/core/actor'
import { log } from '@/lib/edges/log'
import { listCheckouts } from '@/lib/edges/stripe'
import { runAutoTopUp } from '../auto-top-up'
import { settlePurchase } from '../purchases'
import { syncRefunds } from '../refunds'
import { type Finding, remedyOf } from './rules'

const healer: Actor = system('reconciliation')

/** Hands what can be put right without a person to the verbs that everybody else runs. What they cannot do stays a finding. */
export async function heal(findings: Finding[]): Promise<void> {
  for (const finding of findings) {
    const { accountId, purchaseId } = finding
    const remedy = remedyOf(finding.kind)
    if (!remedy || !accountId || !purchaseId) continue
    try {
      if (remedy === 'settle') await settle({ accountId, purchaseId }, finding.paymentIntentId)
      // A payment that was just settled may have been refunded or disputed meanwhile.
      await syncRefunds(healer, { accountId, purchaseId })
    } catch (error) {
      log.error({ err: error, accountId, purchaseId, kind: finding.kind }, 'A difference could not be put right')
    }
  }
}

async function settle(purchase: { accountId: string; purchaseId: string }, paymentIntentId: string | null) {
  // The page may not be on the purchase: whoever opened it may have died before writing it down.
  const [page] = paymentIntentId ? await listCheckouts({ paymentIntentId }) : []
  await settlePurchase(healer, { ...purchase, ...(page && { sessionId: page.sessionId }) })
  // Automatic purchases are settled by the run of auto top-up, together with their attempt.
  await runAutoTopUp(healer, purchase)
}
