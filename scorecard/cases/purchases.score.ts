import { expect } from 'vitest'
import { system } from '@/lib/core/actor'
import { buyCredits } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { drainJobs } from '@/lib/testing/top-ups'
import { scoreCase } from '../score-case'

const customer = system('scorecard')

scoreCase('R01', 'a purchase is credited once, and its receipt opens', async ({ world, random }) => {
  const { accountId } = await anAccount()
  const amount = random.dollars()
  const { checkoutUrl } = await buyCredits(customer, { accountId, amount, saveCard: random.chance(0.5) })
  await world.pay(checkoutUrl)
  await world.drainEvents()
  await drainJobs(world)
  const credited = await query(
    `select (amount / 1e9)::numeric(12, 2)::text as dollars from transfers where account_id = $1 and kind = 'purchase'`,
    [accountId],
  )
  expect(credited).toEqual([{ dollars: amount }])
  const [purchase] = await query<{ receipt_url: string }>('select receipt_url from purchases where account_id = $1', [
    accountId,
  ])
  expect((await fetch(purchase!.receipt_url)).status).toBe(200)
})
