import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { moveClock } from '@/lib/edges/clock'
import { resetEnv } from '@/lib/edges/env'
import { expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { aPostPaidCustomer, atStripeOf, invoicesOf, turnMonth } from '@/lib/testing/post-paid'
import { use } from '@/lib/testing/top-ups'

let world: MoneyIn
const longMs = 120_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
  process.env.CHECKOUT_TAX = '1'
  resetEnv()
}, longMs)
afterAll(async () => {
  delete process.env.CHECKOUT_TAX
  resetEnv()
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

test(
  'with tax, credit that was used first is taken off the lines; a customer without an address is invoiced without tax',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 64)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 6300, rest: 6300 }])
    const [atStripe] = await atStripeOf(world, accountId)
    expect(atStripe).toMatchObject({ status: 'open', total: 6300, automatic_tax: { enabled: false } })
    expect(atStripe!.lines.data.map(({ amount, description }) => `${description}: ${amount}`)).toEqual([
      'Usage of GPT OSS 20B, less credit used first: 6300',
    ])
    await expectBooksToAgree()
  },
  longMs,
)
