import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { drainJobs } from '@/lib/testing/top-ups'
import { playFault, readFaultLab } from './index'
import type { Play } from './rules'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  process.env.SANDBOX_URL = world.sandboxUrl
  resetEnv()
  await publishTestPrices()
})

afterAll(() => world.close())

afterEach(async () => {
  process.env.PURSE_MODE = 'demo'
  resetEnv()
  await world.heal()
  await world.control('POST', '/deliveries', { mode: 'auto' })
  await world.control('POST', '/deliveries/release', {})
  await settle()
  await expectMoneyToAgree(world)
})

/** Until no delivery is under way, and what they led to is done. */
async function settle() {
  await world.drainEvents()
  await drainJobs(world)
}

async function aPlayer() {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  const play = async (play: Play) => {
    const { sentence } = await playFault(actor, { accountId, play })
    await settle()
    return sentence
  }
  return { accountId, actor, play, look: () => readFaultLab(actor, { accountId }) }
}

test('a payment that is disputed and lost is seen at each step, and Stripe and the books agree', async () => {
  const { play, look } = await aPlayer()
  expect(await play({ kind: 'pay', how: 'saved_card' })).toMatch(/^\$25\.00 was paid/)
  expect(await look()).toMatchObject({
    standing: { balance: '26.00' },
    purchases: [{ state: 'paid', amount: '25.00' }],
    card: { brand: 'visa', last4: '4242', behaviour: 'works' },
    agreement: { atStripe: '25.00', inBooks: '25.00', agrees: true },
  })

  await play({ kind: 'dispute', move: 'open' })
  expect(await look()).toMatchObject({
    standing: { balance: '1.00', frozen: '25.00' },
    disputes: [{ stance: 'frozen' }],
    agreement: { atStripe: '0.00', agrees: true },
  })

  await play({ kind: 'dispute', move: 'lost' })
  await play({ kind: 'dispute', move: 'appeal' })
  expect(await look()).toMatchObject({ standing: { balance: '1.00', frozen: '0.00' }, disputes: [{ stance: 'taken' }] })

  await play({ kind: 'dispute', move: 'won_back' })
  expect(await look()).toMatchObject({
    standing: { balance: '26.00' },
    disputes: [{ status: 'won' }],
    agreement: { atStripe: '25.00', agrees: true },
  })
})

test('refunds of half and of the rest take the credit, also used credit, and a failed one gives it back', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'pay', how: 'card' })
  await play({ kind: 'refund', part: 'half' })
  expect(await look()).toMatchObject({ standing: { balance: '13.50' }, agreement: { atStripe: '12.50', agrees: true } })
  await play({ kind: 'usage', amount: '5.00' })
  await play({ kind: 'refund', part: 'rest' })
  const owing = await look()
  expect(Number(owing.standing.balance)).toBeLessThan(-3.9)
  expect(owing.standing.state.title).toMatch(/taken back/)
  await play({ kind: 'refund_fails' })
  const healed = await look()
  expect(Number(healed.standing.balance)).toBeGreaterThan(8.4)
  expect(healed.agreement.agrees).toBe(true)
})

test('held events wait, are released, and nothing is lost; healing sends what is held', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'events', mode: 'hold' })
  await play({ kind: 'pay', how: 'card' })
  await play({ kind: 'pay', how: 'card' }) // on a page of its own, though ours knows only of open ones
  const waiting = await look()
  expect(waiting.standing.balance).toBe('1.00')
  expect(waiting.stripe).toMatchObject({ eventMode: 'hold' })
  expect(waiting.stripe.heldEvents).toBeGreaterThan(1)
  expect(waiting.agreement).toMatchObject({ atStripe: '50.00', inBooks: '0.00', agrees: false })
  expect(await play({ kind: 'release', order: 'reverse' })).toMatch(/events were sent, the last one first/)
  expect((await look()).standing.balance).toBe('51.00')

  await play({ kind: 'pay', how: 'card' })
  expect(await play({ kind: 'heal' })).toMatch(/were sent/)
  expect(await look()).toMatchObject({ standing: { balance: '76.00' }, stripe: { eventMode: 'normal', heldEvents: 0 } })
})

test('our door answers each odd event as it should, and none of them changes money', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'pay', how: 'card' })
  const answers = {
    resend: 200,
    thin_event: 200,
    livemode: 200,
    oversized: 413,
    old_timestamp: 400,
    truncated: 400,
  } as const
  for (const [how, status] of Object.entries(answers)) {
    const sentence = await play({ kind: 'event', how: how as keyof typeof answers })
    expect(sentence, how).toContain(`Our door answered ${status}.`)
  }
  expect((await look()).standing.balance).toBe('26.00')
})

test('a bank debit waits, and fails or arrives', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'pay', how: 'bank_account' })
  expect(await look()).toMatchObject({ standing: { balance: '1.00' }, purchases: [{ state: 'processing' }] })
  await play({ kind: 'debit', outcome: 'failed' })
  expect(await look()).toMatchObject({ standing: { balance: '1.00' }, purchases: [{ state: 'failed' }] })
  await play({ kind: 'pay', how: 'bank_account' })
  await play({ kind: 'debit', outcome: 'succeeded' })
  expect((await look()).standing.balance).toBe('26.00')
})

test('a lost card pauses auto top-up at once, and time moves here and at Stripe together', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'pay', how: 'saved_card' })
  await play({ kind: 'auto_top_up' })
  expect(await play({ kind: 'card', behaviour: 'lost_card' })).toBe(
    'Visa ending in 4242 from now on: declined: reported lost.',
  )
  await play({ kind: 'usage', amount: 'all' })
  const paused = await look()
  expect(paused.autoTopUp.attempts[0]?.state).toBe('declined')
  expect(paused.standing.autoTopUp.state).toBe('paused')
  // What is left is less than a cent.
  expect(paused.facts.hasCredit).toBe(false)

  const before = await now()
  await play({ kind: 'time', by: 'day' })
  expect((await now()).getTime() - before.getTime()).toBeGreaterThanOrEqual(24 * 3600 * 1000)
  expect(Math.abs(Date.parse((await look()).stripe.clock) - (await now()).getTime())).toBeLessThan(5000)
})

test('a fault of the next call is met once, in words, and the page that opens then is paid', async () => {
  const { play, look } = await aPlayer()
  await play({ kind: 'api', fault: 'down', until: 'healed' })
  expect((await look()).stripe.faults).toEqual([{ kind: 'down', count: null }])
  await expect(play({ kind: 'pay', how: 'card' })).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
  await play({ kind: 'heal' })
  await play({ kind: 'api', fault: 'reset_after', until: 'next' })
  await play({ kind: 'pay', how: 'card' })
  const after = await look()
  expect(after.stripe.faults).toEqual([])
  expect(after.agreement).toMatchObject({ atStripe: '25.00', agrees: true })
})

test('a play that needs something first is refused, saying what', async () => {
  const { play } = await aPlayer()
  await expect(play({ kind: 'dispute', move: 'won' })).rejects.toMatchObject({
    code: 'conflict',
    message: 'There is no dispute: open one first.',
  })
})

test('nobody else may look or play, and where money is real there is nothing to play with', async () => {
  const { accountId, actor } = await aPlayer()
  const stranger: Actor = { kind: 'user', userId: (await anAccount()).userId }
  await expect(readFaultLab(stranger, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(playFault(stranger, { accountId, play: { kind: 'heal' } })).rejects.toMatchObject({ code: 'not_found' })
  process.env.PURSE_MODE = 'real'
  resetEnv()
  await expect(readFaultLab(actor, { accountId })).rejects.toThrow(Refusal)
  await expect(playFault(actor, { accountId, play: { kind: 'heal' } })).rejects.toMatchObject({ code: 'not_found' })
})
