import { cents, formatMoney } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { lockBalance } from '../ledger'
import { notify } from '../notifications'
import { pauses } from './rules'
import { readAsking, readPaymentPause, savePaymentPause } from './store'

/**
 * Pauses usage while an invoice is too late or was given up, and lets it go on as soon as none is. Told each time. Needs the balance
 * lock: the gate reads it under that.
 */
export async function assessPause(tx: Tx, accountId: string, at: Date): Promise<void> {
  const since = await readPaymentPause(tx, accountId)
  const asking = await readAsking(tx, accountId)
  const late = asking.find((invoice) => pauses(invoice, env().INVOICE_PAUSE_AFTER_DAYS, at))
  if (late && !since) {
    await savePaymentPause(tx, accountId, at)
    await notify(tx, {
      accountId,
      kind: 'usage_paused',
      cause: `invoice:${late.invoiceId}/${at.getTime()}`,
      facts: {
        code: 'payment_past_due',
        amount: formatMoney(cents(late.restCents, late.currency)),
        number: late.number,
        url: late.hostedUrl,
      },
      at,
    })
  } else if (!late && since) {
    await savePaymentPause(tx, accountId, null)
    const { available } = await lockBalance(tx, accountId)
    await notify(tx, {
      accountId,
      kind: 'usage_resumed',
      cause: `invoice_pause:${since.getTime()}`,
      facts: { available: formatMoney(available), because: 'invoice_paid' },
      at,
    })
  }
}
