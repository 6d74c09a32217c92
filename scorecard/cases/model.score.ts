import fc from 'fast-check'
import { hourMs, minuteMs, monthKeyAt } from '@/lib/core/time'
import { ensureCustomer } from '@/lib/domain/payment-methods'
import { makePartitionsAhead } from '@/lib/domain/usage-partitions'
import { now } from '@/lib/edges/clock'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { passTime, saveCard } from '@/lib/testing/top-ups'
import { losesEvents, worker } from '../customers'
import { AccountModel } from '../model/account-model'
import { commands, type Real } from '../model/commands'
import { scoreCase } from '../score-case'

const isWhole = process.env.SCORECARD_SEEDS !== undefined
/** Sequences, and commands in the longest: at least 2,000 commands in all for each seed of the scorecard, few in `npm test`. */
const [sequences, longest] = isWhole ? [150, 40] : [5, 20]
const leastCommands = isWhole ? 2000 : 20

async function anEmptyAccount(world: MoneyIn, codes: Map<number, string>): Promise<Real> {
  const { accountId } = await anAccount()
  await ensureCustomer(accountId)
  const card = await saveCard(world, accountId)
  // Half past twelve: nothing that is given for whole days or hours ends by itself while a sequence runs.
  const at = await now()
  const sinceMidnight = at.getTime() % (24 * hourMs)
  await passTime(world, 36 * hourMs + 30 * minuteMs - sinceMidnight)
  await makePartitionsAhead(worker)
  const month = monthKeyAt(await now(), 'UTC')
  return { world, accountId, card, codes, purchases: [], holds: [], declines: 0, month, done: 0 }
}

scoreCase('R40', 'random commands leave the account as a small model says', async ({ world, random }) => {
  await publishTestPrices()
  await losesEvents(world)
  const codes = new Map<number, string>()
  for (const percent of [10, 33, 100]) codes.set(percent, await aPromotionCode(world, { percent_off: percent }))
  let done = 0
  const property = fc.asyncProperty(commands(longest), async (sequence) => {
    const real = await anEmptyAccount(world, codes)
    await fc.asyncModelRun(() => ({ model: new AccountModel(), real }), sequence)
    done += real.done
  })
  // How long a sequence is, chance decides.
  do {
    await fc.assert(property, { numRuns: sequences, seed: random.int(0, 2 ** 31 - 1), endOnFailure: !isWhole })
  } while (done < leastCommands)
  await expectBooksToAgree(world.databaseUrl)
})
