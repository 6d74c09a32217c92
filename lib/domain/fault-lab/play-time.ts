import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { displayMoney, isPositive, parseMoney } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { setSandboxClock } from '@/lib/edges/stripe-sandbox'
import { recordUsage } from '../gate'
import { listPrices, priceBook } from '../prices'
import { type Play, spanHours } from './rules'
import type { Stage } from './stage'

/** Moves our clock and Stripe's together. It only goes forward: history cannot be taken back. */
export async function playTime({ at }: Stage, { by }: Extract<Play, { kind: 'time' }>): Promise<string> {
  const instant = new Date(at.getTime() + spanHours[by] * hourMs)
  await moveClock(instant)
  await setSandboxClock(instant)
  const shown = instant.toISOString().slice(0, 16).replace('T', ' ')
  return `It is ${shown} UTC now, here and at Stripe.`
}

/** Uses credit as the platform's gateway reports it: whole tokens of one model, as near below the amount as they come. */
export async function playUsage(
  { accountId, at, world }: Stage,
  { amount }: Extract<Play, { kind: 'usage' }>,
): Promise<string> {
  const wanted = amount === 'all' ? world.balance.available : parseMoney(amount)
  const { model, inputTokens } = await tokensWorth(wanted.nanos, at)
  const tokens = { inputTokens, cachedInputTokens: 0n, outputTokens: 0n }
  const [outcome] = await recordUsage(system('fault lab'), {
    accountId,
    events: [{ eventId: `fault-lab-${newId()}`, model, ...tokens, occurredAt: null }],
    beyondCredit: 'refuse',
  })
  if (outcome!.status === 'refused')
    return `The gate refused a request for ${displayMoney(wanted)}: ${outcome!.message}`
  return `${displayMoney(parseMoney(outcome!.amount))} was used, with ${inputTokens.toLocaleString('en-US')} tokens of ${model}.`
}

async function tokensWorth(nanos: bigint, at: Date): Promise<{ model: string; inputTokens: bigint }> {
  const book = await priceBook()
  for (const { model } of await listPrices()) {
    const { input } = book.ratesOf(model, at)
    if (!isPositive(input.amount)) continue
    const inputTokens = (nanos * input.per) / input.amount.nanos
    if (inputTokens > 0n) return { model, inputTokens }
  }
  throw new Refusal('conflict', { message: 'What is left is less than a token costs.' })
}
