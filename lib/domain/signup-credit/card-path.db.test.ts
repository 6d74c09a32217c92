import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatMoney } from '@/lib/core/money'
import { readBalance } from '@/lib/domain/ledger'
import { buyCredits, reconcilePurchases, settlePurchase } from '@/lib/domain/purchases'
import { pool, query } from '@/lib/edges/db'
import { anAccount, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { startProcess } from '@/lib/testing/processes'

let world: MoneyIn
const longMs = 90_000

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())

/** A page of Stripe's on which a new customer has paid $10 and saved the card. */
async function aPaidPage(cardNumber: string) {
  const { accountId } = await anAccount()
  const { purchaseId, checkoutUrl } = await buyCredits(tester, { accountId, amount: '10.00', saveCard: true })
  await world.pay(checkoutUrl, cardNumber, true)
  return { accountId, purchaseId }
}

const balance = async ({ accountId }: { accountId: string }) =>
  formatMoney((await readBalance(pool(), accountId)).balance)

test('who pays with a card that had the signup credit before loses it, and gets what was bought', async () => {
  const first = await aPaidPage('4242424242424242')
  const second = await aPaidPage('4242424242424242')
  const other = await aPaidPage('5555555555554444')
  for (const page of [first, second, other]) await settlePurchase(tester, page)
  expect(await Promise.all([first, second, other].map(balance))).toEqual(['11.00', '10.00', '11.00'])
  await expectMoneyToAgree(world)
})

test('two that pay with one card at the same moment: one keeps the credit', { timeout: longMs }, async () => {
  const pages = [await aPaidPage('378282246310005'), await aPaidPage('378282246310005')]
  const processes = pages.map((page) =>
    startProcess(
      'lib/testing/run-verb.ts',
      ['lib/domain/purchases', 'settlePurchase', JSON.stringify(page)],
      world.env,
    ),
  )
  for (const { exit } of processes) expect(await exit).toMatchObject({ code: 0 })
  expect((await Promise.all(pages.map(balance))).toSorted()).toEqual(['10.00', '11.00'])
  await expectMoneyToAgree(world)
})

test('kill -9 before the commit: paid and taken back once, by the next look', { timeout: longMs }, async () => {
  const first = await aPaidPage('6011111111111117')
  await settlePurchase(tester, first)
  const second = await aPaidPage('6011111111111117')
  const args = ['lib/domain/purchases', 'settlePurchase', JSON.stringify(second)]
  const child = startProcess('lib/testing/run-verb.ts', args, {
    ...world.env,
    CRASH_AT: 'signup-credit:before-commit',
  })
  expect(await child.exit).toEqual({ code: null, stderr: '' })
  expect(await balance(second)).toBe('1.00')
  await reconcilePurchases(tester)
  expect([await balance(first), await balance(second)]).toEqual(['11.00', '10.00'])
  expect(
    await query(`select amount from transfers where account_id = $1 and kind = 'signup_credit_returned'`, [
      second.accountId,
    ]),
  ).toEqual([{ amount: 1_000_000_000n }])
  await expectMoneyToAgree(world)
})
