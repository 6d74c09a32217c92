import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'

let world: MoneyIn
const tester = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())

async function aPurchase(amount = '10.00') {
  const { accountId } = await anAccount()
  const { checkoutUrl, purchaseId } = await buyCredits(tester, { accountId, amount, saveCard: false })
  await world.pay(checkoutUrl)
  return { accountId, purchaseId }
}

test('purchases that were settled agree', async () => {
  for (const amount of ['10.00', '25.50', '5.00']) await settlePurchase(tester, await aPurchase(amount))
  await expectStripeAndLedgerToAgree(world)
})
