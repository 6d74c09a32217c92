/** What happens to deliveries and to calls of Stripe's API on the way. */
import type { MoneyIn } from '@/lib/testing/money-in'
import type { Random } from '../random'

export interface Weather {
  isRough: boolean
  /** Other deliveries and faults from now on. */
  change: () => Promise<void>
  /** Everything arrives: what was kept back as well (in some order), never what was lost. */
  clear: () => Promise<void>
  /** The same things in the order in which they happen. */
  order: <T>(items: T[]) => T[]
  toss: (probability: number) => boolean
  pick: <T>(items: readonly T[]) => T
}

export const clearSky: Weather = {
  isRough: false,
  change: async () => {},
  clear: async () => {},
  order: (items) => items,
  toss: () => false,
  pick: (items) => items[0]!,
}

/** A failure of Stripe's API that must not matter in the end. A 500 without effect sticks to its key, so only charges get it. */
const faults: { kind: string; path?: string; after?: boolean; method?: string }[] = [
  { kind: 'reset_before' },
  { kind: 'reset_after' },
  { kind: 'truncated_200' },
  { kind: 'http_429' },
  { kind: 'http_409' },
  { kind: 'html_502' },
  { kind: 'html_200' },
  { kind: 'down' },
  { kind: 'http_500', method: 'GET' },
  { kind: 'http_500', after: true, path: '/v1/payment_intents' },
  { kind: 'http_500', path: '/v1/payment_intents', method: 'POST' },
  { kind: 'http_500', after: true, path: '/v1/refunds' },
  { kind: 'stale_read', path: '/v1/checkout' },
  { kind: 'stale_read', path: '/v1/refunds' },
  { kind: 'stale_read', path: '/v1/payment_intents' },
  { kind: 'html_502', path: '/v1/refunds' },
  { kind: 'truncated_200', path: '/v1/disputes' },
]

export function roughWeather(world: MoneyIn, random: Random): Weather {
  return {
    isRough: true,
    change: async () => {
      await world.heal()
      const mode = random.pick(['auto', 'auto', 'hold', 'drop'])
      await world.control('POST', '/deliveries', {
        mode,
        repeat: random.int(1, 3),
        delay_seconds: random.pick([0, 0, 30, 3600]),
        shuffle_seed: random.chance(0.5) ? random.int(1, 999) : null,
      })
      for (let count = random.int(0, 5); count > 0; count--) {
        const { kind, path, after, method } = random.pick(faults)
        await world.control('POST', '/faults', {
          kind,
          count: random.int(1, 4),
          ...(after && { after_effect: true }),
          match: { ...(path && { path_prefix: path }), ...(method && { method }) },
        })
      }
    },
    clear: async () => {
      await world.heal()
      await world.control('POST', '/deliveries', { mode: 'auto' })
      const order = random.pick(['fifo', 'reverse', 'shuffle'])
      const repeat = random.int(1, 2)
      await world.control('POST', '/deliveries/release', { order, seed: random.int(1, 999), repeat })
    },
    order: (items) => random.shuffle(items),
    toss: (probability) => random.chance(probability),
    pick: (items) => random.pick(items),
  }
}
