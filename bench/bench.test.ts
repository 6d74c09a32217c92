import { describe, expect, test } from 'vitest'
import { closedLoop } from './load'
import { parseOptions } from './options'
import { isValidDrift, type Rounds, ratios, rawDriftOf, runRound, runRounds } from './round'
import { median, percentile } from './statistics'
import { figure, targetTable, textTable } from './table'
import { evaluate, type Target, targets } from './targets'
import { accountIds, traffic } from './traffic'

const measured = (perSecond: number) => ({ perSecond, p50Ms: 1, p99Ms: 2, ownCores: 1, allCores: 2 })
const works = (perSecond: number) => async () => measured(perSecond)

describe('the middle of a few figures', () => {
  test('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 2, 10, 3])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  test('leaves the order of its input alone', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  test('a percentile is a value that was measured', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1)
    expect([percentile(sorted, 0.5), percentile(sorted, 0.99), percentile(sorted, 1)]).toEqual([51, 100, 100])
    expect(percentile([], 0.99)).toBe(0)
  })
})

describe('a closed loop', () => {
  test('counts slow answers for what they are', async () => {
    const slowMs = 60
    const measured = await closedLoop(10, 0.3, async () => {
      await new Promise((resolve) => setTimeout(resolve, slowMs))
      return 1
    })
    expect(measured.perSecond).toBeGreaterThan(100)
    expect(measured.perSecond).toBeLessThan(170)
    expect(measured.p50Ms).toBeGreaterThanOrEqual(slowMs - 1)
  })

  test('ends with the first error of a call', async () => {
    let calls = 0
    const failing = closedLoop(4, 5, async () => {
      calls += 1
      if (calls === 10) throw new Error('no more')
      return 1
    })
    await expect(failing).rejects.toThrow('no more')
  })
})

describe('a round', () => {
  test('runs RAW first and last, candidates before and after their peers, mirrored', async () => {
    const order: string[] = []
    const noting = (name: string) => async () => {
      order.push(name)
      return measured(1)
    }
    await runRound(
      {
        raw: noting('raw'),
        bases: { update: noting('update') },
        candidates: { a: noting('a'), b: noting('b') },
        peers: { peer: noting('peer') },
      },
      1,
    )
    expect(order).toEqual(['raw', 'update', 'a', 'b', 'peer', 'b', 'a', 'raw'])
  })

  test.each([
    [100, 125, true],
    [125, 100, true],
    [100, 126, false],
    [100, 40, false],
  ])('whose RAWs are %d and %d is valid: %s', (first, second, isValid) => {
    expect(isValidDrift(rawDriftOf(first, second))).toBe(isValid)
  })

  test('that was dropped is made up for, but not for ever', async () => {
    const raws = [100, 100, 100, 10, 100, 100]
    const steadyAgain = { raw: async () => measured(raws.shift()!), bases: {}, candidates: {}, peers: {} }
    const made = await runRounds(steadyAgain, { rounds: 2, seconds: 1 }, () => {})
    expect([made.valid.length, made.dropped.length]).toEqual([2, 1])

    const neverSteadyRaws = Array.from({ length: 12 }, (_, index) => 2 ** index)
    const neverSteady = { ...steadyAgain, raw: async () => measured(neverSteadyRaws.shift()!) }
    const given = await runRounds(neverSteady, { rounds: 3, seconds: 1 }, () => {})
    expect([given.valid.length, given.dropped.length]).toEqual([0, 6])
  })

  test('divides only what it measured itself', async () => {
    const sandwich = (candidate: number, peer: number) =>
      runRound({ raw: works(100), bases: {}, candidates: { gate: works(candidate) }, peers: { peer: works(peer) } }, 1)
    const rounds: Rounds = { valid: [await sandwich(50, 5), await sandwich(10, 10)], dropped: [], wanted: 2 }
    expect(ratios(rounds, 'gate', 'raw')).toEqual([0.5, 0.1])
    expect(ratios(rounds, 'gate', 'peer')).toEqual([10, 1])
  })

  test('in which a peer did nothing has no ratio', async () => {
    const round = await runRound(
      { raw: works(100), bases: {}, candidates: { gate: works(5) }, peers: { peer: works(0) } },
      1,
    )
    expect(ratios({ valid: [round], dropped: [], wanted: 1 }, 'gate', 'peer')).toEqual([])
  })
})

describe('a target', () => {
  const atLeast: Target = { name: 'G1 x', cell: 'G1', direction: 'at least', target: 0.5 }
  const atMost: Target = { ...atLeast, direction: 'at most' }

  test('is met by the median, on the bound too', () => {
    expect(evaluate(atLeast, [0.1, 0.5, 0.9])).toMatchObject({ ratio: 0.5, least: 0.1, most: 0.9, met: true })
    expect(evaluate(atLeast, [0.1, 0.49, 0.9])).toMatchObject({ met: false })
    expect(evaluate(atMost, [0.1, 0.5, 0.9])).toMatchObject({ met: true })
    expect(evaluate(atMost, [0.51])).toMatchObject({ met: false })
  })

  test('that one bad measurement spoils is judged by the worst', () => {
    expect(evaluate({ ...atMost, judgedBy: 'worst' }, [0.1, 0.2, 0.6])).toMatchObject({ ratio: 0.6, met: false })
  })

  test('that was not measured is neither met nor missed', () => {
    expect(evaluate(atLeast, [], 'not asked for')).toMatchObject({ ratio: null, met: null, notRun: 'not asked for' })
    expect(evaluate(atLeast, [Number.NaN])).toMatchObject({ ratio: null, met: null })
  })

  test('has a name of its own', () => {
    expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length)
    expect(targets.every(({ name, cell }) => name.startsWith(`${cell} `))).toBe(true)
  })
})

describe('the table', () => {
  test('says what was met, missed and not run', () => {
    const [met, missed, notRun] = [0.6, 0.4, null].map((value, index) =>
      evaluate(
        { name: `G1 case ${index}`, cell: 'G1', direction: 'at least', target: 0.5 },
        value === null ? [] : [value, value * 1.1, value * 0.9],
      ),
    )
    expect(targetTable([met!, missed!, notRun!])).toBe(
      [
        'measure    median   least … most   target',
        '---------  ------  -------------  -------  -------',
        'G1 case 0   0.600  0.540 … 0.660  ≥ 0.500      met',
        'G1 case 1   0.400  0.360 … 0.440  ≥ 0.500   MISSED',
        'G1 case 2       -                 ≥ 0.500  not run',
      ].join('\n'),
    )
  })

  test('writes a figure as its target counts it', () => {
    expect(figure(1 / 1270, 'one over')).toBe('1/1,270')
    expect(figure(3.72, 'ms')).toBe('3.72 ms')
    expect(figure(190.4, 'bytes')).toBe('190 B')
    expect(figure(0, 'count')).toBe('0')
    expect(figure(13.04, undefined)).toBe('13.0')
  })

  test('is as wide as its widest cell', () => {
    expect(textTable(['a', 'b'], [['long name', '1']])).toBe('a          b\n---------  -\nlong name  1')
  })
})

describe('the traffic', () => {
  test('repeats only what was taken, about as often as asked', () => {
    const requests = traffic({ accounts: 'hot', repeats: 0.5 })
    const seen = new Set<string>()
    let repeated = 0
    for (let request = requests.next(), count = 0; count < 2000; request = requests.next(), count++) {
      const { eventId } = request.events[0]!
      if (seen.has(eventId)) repeated += 1
      seen.add(eventId)
      requests.taken(request)
    }
    expect(repeated).toBeGreaterThan(800)
    expect(repeated).toBeLessThan(1200)
  })

  test('of dry accounts is about as much as asked', () => {
    const dry = new Set(accountIds('dry'))
    const requests = traffic({ accounts: 'uniform', dry: 0.1 })
    const count = Array.from({ length: 5000 }, () => requests.next()).filter(({ accountId }) =>
      dry.has(accountId),
    ).length
    expect(count).toBeGreaterThan(350)
    expect(count).toBeLessThan(650)
  })

  test('by Zipf goes to the first account about twice as often as to the second', () => {
    const [first, second] = accountIds('uniform')
    const requests = traffic({ accounts: 'zipf' })
    const asked = Array.from({ length: 50_000 }, () => requests.next().accountId)
    const times = (wanted: string) => asked.filter((id) => id === wanted).length
    expect(times(first!) / times(second!)).toBeGreaterThan(1.7)
    expect(times(first!) / times(second!)).toBeLessThan(2.3)
  })
})

describe('the command line', () => {
  test('knows every option', () => {
    const args = ['--quick', '--json', 'out.json', '--only', 'G2,g5', '--pgledger', 'a.sql', '--pgledger', 'b.sql']
    expect(parseOptions(args)).toMatchObject({
      isQuick: true,
      rounds: 1,
      json: 'out.json',
      only: new Set(['G2', 'G5']),
      pgledger: ['a.sql', 'b.sql'],
      soakMinutes: null,
    })
  })

  test('measures five rounds and no soak unless told otherwise', () => {
    expect(parseOptions([])).toMatchObject({ isQuick: false, rounds: 5, soakMinutes: null, only: null })
    expect(parseOptions(['--soak', '3']).soakMinutes).toBe(3)
    expect(parseOptions(['--only', 'G13']).soakMinutes).toBe(10)
  })

  test('names what it does not understand', () => {
    expect(() => parseOptions(['--only', 'G99'])).toThrow('there is no cell G99')
    expect(() => parseOptions(['--soak', 'long'])).toThrow('--soak: long is not a whole number of minutes')
    expect(() => parseOptions(['--fast'])).toThrow(/--fast[\s\S]*npm run bench/)
  })
})
