/** What hands can do, as data: verbs of the product, and the worker's turns. */
import { Logger, runOnce } from 'graphile-worker'
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { parseMoney } from '@/lib/core/money'
import { getAutoTopUp, resumeAutoTopUp } from '@/lib/domain/auto-top-up'
import { authorize, recordUsage, release, settle } from '@/lib/domain/gate'
import { givePromotion } from '@/lib/domain/grants'
import { holdIdOf } from '@/lib/domain/holds'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { refundPurchase, requestRefund } from '@/lib/domain/refunds'
import { taskList } from '@/lib/worker/jobs'
import { type SweepName, sweeps } from '@/lib/worker/sweeps'
import { dueNow } from '../queue'

const actor = system('chaos')
/** Its output costs a dollar for a quarter of a million tokens. */
const model = 'kimi-k2p7-code'
const tokensFor = (dollars: string) => ({
  inputTokens: 0n,
  cachedInputTokens: 0n,
  outputTokens: parseMoney(dollars).nanos / 4000n,
})

export type Deed =
  | { kind: 'buy'; accountId: string; amount: string }
  | { kind: 'return-page'; accountId: string; purchaseId: string }
  | {
      kind: 'refund'
      by: 'customer' | 'operator'
      accountId: string
      purchaseId: string
      amount: string
      isBeyondUnused: boolean
    }
  | { kind: 'usage'; accountId: string; eventId: string; dollars: string }
  | { kind: 'hold'; accountId: string; key: string; dollars: string }
  | { kind: 'settle'; accountId: string; key: string; dollars: string }
  | { kind: 'release'; accountId: string; key: string }
  | { kind: 'gift'; accountId: string; key: string; dollars: string; lastDay: string }
  | { kind: 'resume'; accountId: string }
  | { kind: 'confirm-url'; accountId: string }
  | { kind: 'jobs' }
  | { kind: 'sweep'; name: SweepName }

export type DeedResult = { kind: 'done'; value: unknown } | { kind: 'refused'; code: string }

/** Does one deed. A refusal is a result; anything else that goes wrong is thrown. */
export async function perform(deed: Deed, databaseUrl: string): Promise<DeedResult> {
  try {
    return { kind: 'done', value: (await act(deed, databaseUrl)) ?? null }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', code: error.code }
    throw error
  }
}

function act(deed: Deed, databaseUrl: string): Promise<unknown> {
  switch (deed.kind) {
    case 'buy':
      return buyCredits(actor, { accountId: deed.accountId, amount: deed.amount, saveCard: false })
    case 'return-page':
      return settlePurchase(actor, deed)
    case 'refund':
      return deed.by === 'customer'
        ? requestRefund(actor, deed)
        : refundPurchase(actor, { ...deed, reason: 'As the customer wished' })
    case 'usage': {
      const event = { eventId: deed.eventId, model, occurredAt: null, ...tokensFor(deed.dollars) }
      return recordUsage(actor, { accountId: deed.accountId, events: [event], beyondCredit: 'record' }).then(() => null)
    }
    case 'hold': {
      const size = { maxCost: parseMoney(deed.dollars), model }
      return authorize(actor, { accountId: deed.accountId, idempotencyKey: deed.key, size, holdSeconds: 3600 }).then(
        () => null,
      )
    }
    case 'settle': {
      const settlement = { model, ...tokensFor(deed.dollars) }
      const holdId = holdIdOf(deed.accountId, deed.key)
      return settle(actor, { accountId: deed.accountId, holdId, settlement }).then(() => null)
    }
    case 'release':
      return release(actor, { accountId: deed.accountId, holdId: holdIdOf(deed.accountId, deed.key) }).then(() => null)
    case 'gift':
      return givePromotion(actor, {
        accountId: deed.accountId,
        amount: deed.dollars,
        expiresOn: deed.lastDay,
        reason: 'A gift',
        idempotencyKey: deed.key,
      })
    case 'resume':
      return resumeAutoTopUp(actor, deed).then(() => null)
    case 'confirm-url':
      return getAutoTopUp(actor, deed).then(({ attempts }) => attempts[0]?.recoveryUrl ?? null)
    case 'jobs':
      return runJobs(databaseUrl)
    case 'sweep':
      return sweeps[deed.name].run()
  }
}

/** Runs what is queued, also what waits to be tried again. */
async function runJobs(databaseUrl: string): Promise<void> {
  await dueNow(databaseUrl)
  await runOnce({
    connectionString: databaseUrl,
    noHandleSignals: true,
    taskList,
    concurrency: 3,
    logger: new Logger(() => () => {}),
  })
}
