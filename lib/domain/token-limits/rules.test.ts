import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import {
  admitTokens,
  advance,
  countUse,
  idleMs,
  type LimitChange,
  limitOf,
  lookBackMs,
  needsHistory,
  perKind,
  type Quarter,
  quarterMs,
  refusedTokens,
  returnTokens,
  secondsUntilReset,
  startedLimits,
  type TokenCounts,
  type TokenLimits,
  type TokenTerms,
} from './rules'

const begin = Date.parse('2026-11-21T10:00:00Z')
const each = (count: number): TokenCounts => perKind(() => count)
const termsOf = (terms: Partial<Record<'start' | 'floor' | 'ceiling', number>> = {}): TokenTerms => ({
  start: each(terms.start ?? 10_000_000),
  floor: each(terms.floor ?? 1_200_000),
  ceiling: each(terms.ceiling ?? 43_200_000),
  own: null,
})

/** An account's model in time, as the store keeps it: its limits, and the quarters that ended. */
class Model {
  limits: TokenLimits
  readonly changes: LimitChange[] = []
  readonly quarters: Quarter[] = []

  constructor(
    readonly terms: TokenTerms,
    public at = begin,
  ) {
    this.limits = startedLimits(terms, at)
  }

  look(at: number): void {
    this.at = at
    const history = needsHistory(this.limits, at) ? this.quarters : []
    const { limits, changes, finished } = advance(this.limits, history, this.terms, at)
    this.limits = limits
    this.changes.push(...changes)
    if (finished) this.quarters.push(finished)
  }

  use(at: number, used: TokenCounts): void {
    this.look(at)
    this.limits = countUse(this.limits, used, at)
  }

  /** The same use in every minute of a time. */
  steadily(from: number, toMs: number, used: TokenCounts): void {
    for (let at = from; at < toMs; at += minuteMs) this.use(at, used)
  }
}

const daysOf = (changes: LimitChange[]) => changes.map(({ at, after }) => [(at - begin) / dayMs, after])
const ofPrompt = (changes: LimitChange[]) => changes.filter(({ kind }) => kind === 'prompt')

describe('little use', () => {
  test('10,000,000 with a steady 1,000,000 falls to 8,000,000 on day 3 and by a fifth each day, to 2,621,440 on day 8, and stays', () => {
    const model = new Model(termsOf())
    model.steadily(begin, begin + 14 * dayMs, { prompt: 1_000_000, uncached: 1_000_000, generated: 1_000_000 })
    expect(daysOf(ofPrompt(model.changes))).toEqual([
      [3, 8_000_000],
      [4, 6_400_000],
      [5, 5_120_000],
      [6, 4_096_000],
      [7, 3_276_800],
      [8, 2_621_440],
    ])
  })

  test('never lowers below the floor', () => {
    const model = new Model(termsOf({ floor: 4_500_000 }))
    model.steadily(begin, begin + 10 * dayMs, each(10))
    expect(daysOf(ofPrompt(model.changes))).toEqual([
      [3, 8_000_000],
      [4, 6_400_000],
      [5, 5_120_000],
      [6, 4_500_000],
    ])
  })

  test('lowers nothing while a minute of the last hour used half of the new limit, though the quarter of an hour used little', () => {
    const model = new Model(termsOf())
    for (let at = begin; at < begin + 74 * hourMs; at += 30 * minuteMs) model.use(at, each(4_000_000))
    expect(model.changes).toEqual([])
    model.use(begin + 76 * hourMs, each(1))
    expect(daysOf(ofPrompt(model.changes))).toEqual([[(75 * hourMs - 15 * minuteMs) / dayMs, 8_000_000]])
  })

  test('is not little when one quarter of an hour of three days used a third', () => {
    const model = new Model(termsOf())
    model.steadily(begin, begin + quarterMs, each(3_300_000))
    for (let at = begin + hourMs; at < begin + 2.9 * dayMs; at += hourMs) model.use(at, each(1))
    model.use(begin + 3 * dayMs, each(1))
    expect(model.changes).toEqual([])
    // The quarter in question has left the three days.
    model.use(begin + 3 * dayMs + quarterMs, each(1))
    expect(ofPrompt(model.changes)).toHaveLength(1)
  })
})

describe('much use', () => {
  test('raises by a quarter after a minute above half of the limit, once in 15 minutes, up to the ceiling', () => {
    const model = new Model(termsOf({ start: 3_600_000, ceiling: 6_000_000 }))
    model.steadily(begin, begin + hourMs, each(3_100_000))
    const minutes = ofPrompt(model.changes).map(({ at, after, because }) => [(at - begin) / minuteMs, after, because])
    expect(minutes).toEqual([
      [1, 4_500_000, 'raised'],
      [16, 5_625_000, 'raised'],
      [31, 6_000_000, 'raised'],
    ])
  })

  test('of exactly half raises nothing', () => {
    const model = new Model(termsOf({ start: 3_600_000 }))
    model.steadily(begin, begin + hourMs, each(1_800_000))
    expect(model.changes).toEqual([])
  })

  test('raises the kind that was used, and no other', () => {
    const model = new Model(termsOf())
    model.steadily(begin, begin + 2 * minuteMs, { prompt: 6_000_000, uncached: 10, generated: 0 })
    expect(model.changes.map(({ kind, after }) => [kind, after])).toEqual([['prompt', 12_500_000]])
  })
})

describe('72 hours without use', () => {
  test('bring the start back, from above and from below', () => {
    const model = new Model(termsOf({ start: 3_600_000 }))
    model.steadily(begin, begin + hourMs, each(3_000_000))
    const raised = limitOf(model.limits, 'prompt', model.terms)
    model.use(begin + hourMs - minuteMs + idleMs, each(1))
    expect(raised).toBeGreaterThan(3_600_000)
    expect(limitOf(model.limits, 'prompt', model.terms)).toBe(3_600_000)
    expect(model.changes.at(-1)).toMatchObject({ because: 'idle', after: 3_600_000 })
    expect(model.limits.startedAt).toBe(begin + hourMs - minuteMs + idleMs)
  })

  test('less a moment do not', () => {
    const model = new Model(termsOf())
    model.use(begin, each(1))
    model.use(begin + idleMs - 1, each(1))
    expect(model.limits.startedAt).toBe(begin)
  })
})

describe("the operator's own limits", () => {
  test('hold, and do not move', () => {
    const model = new Model({ ...termsOf(), own: each(77) })
    model.steadily(begin, begin + 2 * hourMs, each(1_000_000))
    expect(model.changes).toEqual([])
    expect(refusedTokens(startedLimits(model.terms, begin), model.terms, { ...each(0), generated: 78 })).toEqual({
      kind: 'generated',
      limit: 77,
      remaining: 77,
      asked: 78,
      isTooLarge: true,
    })
  })
})

test('a ceiling that has come down holds at once', () => {
  expect(limitOf(startedLimits(termsOf(), begin), 'prompt', termsOf({ ceiling: 5 }))).toBe(5)
})

describe('a minute', () => {
  const terms = termsOf({ start: 100 })

  test('refuses what does not fit, and says what can never fit before what may fit later', () => {
    const limits = admitTokens(startedLimits(terms, begin), each(60), begin)
    expect(refusedTokens(limits, terms, each(40))).toBeNull()
    expect(refusedTokens(limits, terms, { prompt: 41, uncached: 0, generated: 0 })).toMatchObject({
      kind: 'prompt',
      remaining: 40,
      isTooLarge: false,
    })
    expect(refusedTokens(limits, terms, { prompt: 41, uncached: 0, generated: 101 })).toMatchObject({
      kind: 'generated',
      isTooLarge: true,
    })
  })

  test('gives back what its own requests did not need', () => {
    const full = admitTokens(startedLimits(terms, begin), each(100), begin)
    expect(refusedTokens(full, terms, each(1))).not.toBeNull()
    expect(refusedTokens(returnTokens(full, each(30)), terms, each(30))).toBeNull()
  })

  test('is over at its end, and a clock that steps back does not begin an earlier one', () => {
    const full = admitTokens(startedLimits(terms, begin), each(100), begin)
    expect(advance(full, [], terms, begin + minuteMs - 1).limits.admitted).toEqual(each(100))
    expect(advance(full, [], terms, begin - dayMs).limits.admitted).toEqual(each(100))
    expect(advance(full, [], terms, begin + minuteMs).limits.admitted).toEqual(each(0))
    expect(secondsUntilReset(begin, begin + 18_500)).toBe(42)
  })
})

describe('whatever the use', () => {
  const uses = fc.array(
    fc.record({
      gap: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * minuteMs }) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: 4 * hourMs }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 80 * hourMs }) },
      ),
      prompt: fc.integer({ min: 0, max: 12_000_000 }),
      generated: fc.integer({ min: 1, max: 3_000_000 }),
    }),
    { maxLength: 25 },
  )

  /** The same use, looked at when it happens, or at the end of each minute as well. */
  const replay = (wanted: { gap: number; prompt: number; generated: number }[], isEager: boolean) => {
    const model = new Model(termsOf({ start: 5_000_000, ceiling: 9_000_000 }))
    let at = begin
    for (const { gap, prompt, generated } of wanted) {
      const next = at + gap
      if (isEager) {
        for (let end = at - (at % minuteMs) + minuteMs; end < next; end += minuteMs) {
          // A model that is idle has begun anew already; looking on would only move its beginning.
          if (end - model.limits.usedAt < idleMs) model.look(end)
        }
      }
      at = next
      model.use(at, { prompt, uncached: 0, generated })
    }
    model.look(at + quarterMs)
    return model
  }

  test('looking only when the model is used comes to the same as looking every minute', () => {
    fc.assert(
      fc.property(uses, (wanted) => {
        const [lazy, eager] = [replay(wanted, false), replay(wanted, true)]
        expect(lazy.changes).toEqual(eager.changes)
        expect(lazy.limits.kinds).toEqual(eager.limits.kinds)
      }),
      { numRuns: 40 },
    )
  })

  test('limits stay between floor and ceiling, rise once in 15 minutes and fall once in 24 hours', () => {
    fc.assert(
      fc.property(uses, (wanted) => {
        const { changes } = replay(wanted, false)
        for (const kind of ['prompt', 'uncached', 'generated'] as const) {
          const own = changes.filter((change) => change.kind === kind)
          for (const { after } of own) {
            expect(after).toBeGreaterThanOrEqual(1_200_000)
            expect(after).toBeLessThanOrEqual(9_000_000)
          }
          own.forEach((change, index) => {
            const before = own[index - 1]
            if (!before) return
            expect(change.before).toBe(before.after)
            if (change.because === 'raised' && before.because === 'raised') {
              expect(change.at - before.at).toBeGreaterThanOrEqual(15 * minuteMs)
            }
            if (change.because === 'lowered') expect(change.at - before.at).toBeGreaterThanOrEqual(24 * hourMs)
          })
          const first = own.find(({ because }) => because === 'lowered')
          if (first) expect(first.at - begin).toBeGreaterThanOrEqual(lookBackMs)
        }
      }),
      { numRuns: 60 },
    )
  })
})
