/** One seed: a history played in fine weather and in foul, and what the two came to. */
import { closeDatabase } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { Random } from '../random'
import { firstDifference, readBooks } from './books'
import { calmHands, type Hands, mortalHands } from './hands'
import { type History, makeHistory } from './history'
import { type Played, play } from './play'
import { clearSky, roughWeather, type Weather } from './weather'

export interface SeedRun {
  history: History
  /** The first difference between the books of the two runs; null when there is none. */
  difference: string | null
  /** The crash points at which a process was killed. */
  killed: string[]
}

/** `days`: as many as the seed says, unless given. @throws when an invariant does not hold, or Stripe and the ledger differ, in either run. */
export async function runSeed(seed: string, days?: number): Promise<SeedRun> {
  const history = makeHistory(new Random(`history/${seed}`), days)
  const killed: string[] = []
  const clean = await inWorld(history, async (world) => ({ hands: calmHands(world), weather: clearSky }))
  const rough = await inWorld(history, async (world) => ({
    hands: await mortalHands(world, new Random(`kills/${seed}`), killed),
    weather: roughWeather(world, new Random(`weather/${seed}`)),
  }))
  return { history, difference: firstDifference(clean, rough), killed }
}

async function inWorld(
  { ...history }: History,
  cast: (world: MoneyIn) => Promise<{ hands: Hands; weather: Weather }>,
): Promise<string[]> {
  const settings = { CHECKOUT_TAX: history.hasTax ? '1' : '0', REFUND_WINDOW_HOURS: '8760' }
  Object.assign(process.env, settings)
  const world = await aMoneyIn()
  let hands: Hands | null = null
  try {
    const { weather, ...cast_ } = await cast(world)
    hands = cast_.hands
    const played = await play(world, history, hands, weather)
    hands.calm()
    const books = await readBooks(played.accountIds)
    await expectStripeAndLedgerToAgree(world)
    return [...told(played), ...books]
  } finally {
    await hands?.close()
    await world.close()
    await closeDatabase()
    for (const name of Object.keys(settings)) delete process.env[name]
    resetEnv()
  }
}

/** What verbs answered, by customer: in foul weather customers come in another order. */
const told = ({ outcomes }: Played): string[] =>
  [...new Set(outcomes.map((line) => line.split(':')[0]!))]
    .sort()
    .flatMap((name) => outcomes.filter((line) => line.startsWith(`${name}:`)))
