import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { cents, displayMoney, formatMoney, type Money, money } from '@/lib/core/money'
import { signUp } from '@/lib/domain/accounts'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { authorize, expireHolds, recordUsage, release, settle } from '@/lib/domain/gate'
import { listGrants } from '@/lib/domain/grants'
import { refundPurchase, requestRefund, syncRefunds } from '@/lib/domain/refunds'
import { pool, query } from '@/lib/edges/db'
import { aPaidPurchase, expectBooksToAgree, publishTestPrices, settleAgain, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { aPurchase, moveDispute, moveRefund, openDispute } from '@/lib/testing/take-backs'
import { use } from '@/lib/testing/top-ups'
import { readBalance } from '.'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
})

afterAll(() => world.close())

/** Writes the story down: what was done, the transfers it made, and what the account then owns. */
class Story {
  private readonly lines = [
    "The ledger's story",
    '==================',
    '',
    'Every transfer and balance of one customer, as the code makes them. A test tells the story anew and compares.',
    '(kimi-k2p7-code: $0.95 for a million input tokens, $4.00 for a million output tokens.)',
  ]
  private lastSeq = 0n

  constructor(private readonly accountId: string) {}

  async tell(sentence: string): Promise<void> {
    const { accountId } = this
    this.lines.push('', sentence)
    const transfers = await query<{
      seq: bigint
      kind: string
      from_bucket: string
      to_bucket: string
      amount: bigint
      balance_after: bigint
    }>(
      'select seq, kind, from_bucket, to_bucket, amount, balance_after from transfers where account_id = $1 and seq > $2 order by seq',
      [accountId, this.lastSeq],
    )
    for (const t of transfers) {
      this.lastSeq = t.seq
      const draws = await query<{ source: string; amount: bigint }>(
        `select g.source, d.amount from grant_draws d join grants g using (account_id, grant_id)
          where d.account_id = $1 and d.transfer_seq = $2 order by g.granted_at, g.grant_id`,
        [accountId, t.seq],
      )
      const burnt = draws.filter((d) => d.amount > 0n).map((d) => `${exact(d.amount)} of the ${d.source} grant`)
      const returned = draws.filter((d) => d.amount < 0n).map((d) => `${exact(-d.amount)} to the ${d.source} grant`)
      this.lines.push(
        `  transfer ${t.seq}: ${t.kind}, ${t.from_bucket} -> ${t.to_bucket}, ${exact(t.amount)}; balance ${exact(t.balance_after)}` +
          (burnt.length > 0 ? `\n    burns ${burnt.join(', ')}` : '') +
          (returned.length > 0 ? `\n    returns ${returned.join(', ')}` : ''),
      )
    }
    if (transfers.length === 0) this.lines.push('  no transfer')
    const { balance, held, available } = await readBalance(pool(), accountId)
    const grants = (await listGrants(tester, { accountId })).map((g) => `${g.source} ${g.remaining} of ${g.amount}`)
    this.lines.push(
      `  balance ${formatMoney(balance)}, held ${formatMoney(held)}, available ${formatMoney(available)}`,
      `  grants in burn order: ${grants.join(' | ')}`,
    )
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`
  }
}

const exact = (nanos: bigint): string => formatMoney(money(nanos))

test('the ledger tells its story', async () => {
  const { accountId } = await signUp(tester, { email: 'ada@example.com', name: 'Ada' })
  const story = new Story(accountId)
  const hold = (cost: Money, holdSeconds = 600) =>
    authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { maxCost: cost, model: 'kimi-k2p7-code' },
      holdSeconds,
    })
  const used = (inputTokens: bigint, outputTokens = 0n) => ({
    model: null,
    inputTokens,
    cachedInputTokens: 0n,
    outputTokens,
  })
  const refusedFor = async (cost: Money) => {
    const refusal = await hold(cost).catch((error: Refusal) => error)
    if (!(refusal instanceof Refusal)) throw new Error('the request was not refused')
    return `A request for up to ${displayMoney(cost)} is refused: ${refusal.code}, affordable ${refusal.facts.max_affordable}.`
  }

  await story.tell('Ada signs up and gets the signup credit.')

  const first = (await hold(cents(40))).hold
  await story.tell('Her first request may cost $0.40: that much is held. Nothing moves.')

  await settle(tester, { accountId, holdId: first.holdId, settlement: used(123_457n, 1001n) })
  await story.tell(
    'It used 123,457 input and 1,001 output tokens: charged exactly, the rest of the hold is free again.',
  )

  await settle(tester, { accountId, holdId: first.holdId, settlement: used(123_457n, 1001n) })
  await story.tell('The gateway settles it again, for its answer was lost. Once is once.')

  const second = (await hold(cents(50))).hold
  await release(tester, { accountId, holdId: second.holdId })
  await story.tell('A request held $0.50 and failed before it began: the hold is released.')

  await story.tell(await refusedFor(cents(90)))

  const { purchaseId } = await aPaidPurchase(accountId, cents(1000))
  await story.tell('She buys $10.00; Stripe says it is paid.')

  await settleAgain(accountId, purchaseId, cents(1000))
  await story.tell('The webhook of the same payment comes a second time.')

  const events = ['a', 'b', 'a'].map((eventId) => ({
    eventId,
    model: 'kimi-k2p7-code',
    inputTokens: 1_000_000n,
    cachedInputTokens: 400_000n,
    outputTokens: 0n,
    occurredAt: null,
  }))
  await recordUsage(tester, { accountId, events, beyondCredit: 'refuse' })
  await story.tell(
    'A batch reports three events of a million input tokens, 400,000 of them cached; the third repeats the first. The free credit burns first, then the bought.',
  )

  const third = (await hold(cents(100))).hold
  await settle(tester, { accountId, holdId: third.holdId, settlement: used(12_000_000n) })
  await story.tell(
    'A request that held $1.00 turns out to cost $11.40. Nothing is lost: it is charged in full, and the balance is a debt.',
  )

  await story.tell(await refusedFor(cents(1)))

  await aPaidPurchase(accountId, cents(2500))
  await story.tell('She buys $25.00. The debt is paid first; what is left of the grant is hers to use.')

  await setMonthlyCap(tester, { accountId, limit: '20', warnAtPercent: [80] })
  await story.tell(`She caps the month at $20.00. ${await refusedFor(cents(750))}`)

  await hold(cents(300), 1)
  await query(`update holds set expires_at = now() - interval '1 second' where account_id = $1 and state = 'open'`, [
    accountId,
  ])
  await story.tell('A request holds $3.00 and is never heard of again.')

  await expireHolds(tester)
  await story.tell('Its time is over: the hold expires and the credit is free.')

  const bought = await aPurchase(world, { accountId, amount: '30.00' })
  await story.tell('She buys $30.00.')

  const { refundId } = await requestRefund(tester, { ...bought, amount: '10.00' })
  await story.tell('She changes her mind about $10.00 of it and gets the money back: its credit goes.')

  const [refund] = await query<{ id: string }>('select stripe_refund_id as id from refunds where refund_id = $1', [
    refundId,
  ])
  await moveRefund(world, refund!.id, 'failed', 'expired_or_canceled_card')
  await syncRefunds(tester, bought)
  await syncRefunds(tester, bought)
  await story.tell(
    'Her bank sends the money back: the refund has failed. The credit returns, once, though it is told twice.',
  )

  await use(accountId, 28)
  await story.tell('Requests use $28.00: the older grant first.')

  const disputed = await openDispute(world, bought.paymentIntentId)
  await syncRefunds(tester, bought)
  await story.tell('Her bank disputes the payment of $30.00. What is left of that purchase is frozen.')

  await moveDispute(world, disputed.id, 'won')
  await syncRefunds(tester, bought)
  await story.tell('The bank decides that the payment stands. The credit is hers again.')

  await refundPurchase(tester, { ...bought, amount: '28.00', isBeyondUnused: true, reason: 'Goodwill' })
  await story.tell('The operator returns $28.00 of it as goodwill, used or not: the balance is a debt.')

  const last = await aPurchase(world, { accountId, amount: '20.00' })
  await story.tell('She buys $20.00, which pays the debt first.')

  const lost = await openDispute(world, last.paymentIntentId)
  await syncRefunds(tester, last)
  await moveDispute(world, lost.id, 'lost')
  await syncRefunds(tester, last)
  await story.tell(
    'Her bank disputes that payment too, and takes the money: all of its credit is taken back, frozen or used.',
  )

  await moveDispute(world, lost.id, 'appeal_under_review')
  await moveDispute(world, lost.id, 'won')
  await syncRefunds(tester, last)
  await story.tell('The operator appeals and wins. The credit comes back.')

  await expect(story.text).toMatchFileSnapshot(path.join(import.meta.dirname, 'story.txt'))
  await expectBooksToAgree()
})
