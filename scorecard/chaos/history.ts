/** A random history of a few customers: the same seed is the same history, told in amounts and without ids. */
import type { Random } from '../random'

/** What happens to one customer in a morning, while the weather may be bad. One plot a day: its news may come in any order. */
export type Plot =
  | { kind: 'buy'; dollars: string; card: string; codePercent: number | null; next: AfterBuying | null }
  | { kind: 'debit'; dollars: string; account: string }
  | { kind: 'refund'; by: 'customer' | 'operator'; share: number; isBeyondUnused: boolean }
  | { kind: 'dashboard-refund'; share: number }
  | { kind: 'refund-turns'; status: 'failed' | 'succeeded' }
  | { kind: 'dispute'; share: number; isInquiry: boolean; course: string[] }
  | { kind: 'dispute-goes-on'; course: string[] }
  | { kind: 'card'; says: object }
  | { kind: 'resume' }
  | { kind: 'confirm' }
  | { kind: 'quiet' }

export type AfterBuying = { kind: 'dashboard-refund'; share: number } | { kind: 'dispute'; share: number }

/** What the customer's requests do in an afternoon. */
export type Use =
  | { kind: 'usage'; dollars: string }
  | { kind: 'hold'; dollars: string; end: 'settle' | 'release' | 'leave'; usedShare: number }
  | { kind: 'gift'; dollars: string; days: number }

export type CustomerKind = 'buyer' | 'debtor' | 'topper'

export interface Customer {
  kind: CustomerKind
  mornings: Plot[]
  afternoons: Use[][]
}

export interface History {
  hasTax: boolean
  customers: Customer[]
  days: number
}

const goodCards = ['4242424242424242', '4000056655665556', '5555555555554444']
const cardOfLateRefund = '4000000000007726'
const cardOfFailingRefund = '4000000000005126'
const bankAccounts = { paid: '000123456789', failing: '000111111116' }

/** Courses of a chargeback: what is played on the first day, and what on a later one. */
const courses: [first: string[], later: string[]][] = [
  [[], ['under_review', 'won']],
  [['under_review'], ['lost']],
  [['under_review', 'won'], []],
  [['lost'], ['appeal_needs_response', 'appeal_under_review']],
  [['under_review', 'lost', 'appeal_under_review'], ['won']],
  [['lost'], []],
]
const inquiries: [first: string[], later: string[]][] = [
  [['warning_under_review'], ['warning_closed']],
  [[], ['prevented']],
  [['warning_closed'], []],
]

export function makeHistory(random: Random, days = random.int(3, 4)): History {
  return {
    hasTax: random.chance(0.4),
    days,
    customers: [
      aBuyer(random, days),
      aBuyer(random, days),
      aDebtor(random, days),
      aTopper(random, days),
      ...(random.chance(0.5) ? [aTopper(random, days)] : []),
    ],
  }
}

function aBuyer(random: Random, days: number): Customer {
  const mornings: Plot[] = []
  let open: string[] | null = null
  let card = ''
  for (let day = 0; day < days; day++) {
    const dice = random.next()
    if (day === 0 || dice < 0.3) {
      card = random.pick([...goodCards, cardOfLateRefund, cardOfFailingRefund])
      mornings.push({
        kind: 'buy',
        dollars: random.dollars(5, 80),
        card,
        codePercent: random.chance(0.3) ? random.pick([10, 25, 50, 100]) : null,
        next: open === null && random.chance(0.3) ? afterBuying(random) : null,
      })
    } else if (open && open.length > 0 && dice < 0.75) {
      mornings.push({ kind: 'dispute-goes-on', course: open })
      open = []
    } else if (open === null && dice < 0.55) {
      const isInquiry = random.chance(0.25)
      const [first, later] = random.pick(isInquiry ? inquiries : courses)
      open = later
      mornings.push({ kind: 'dispute', share: random.int(10, 100), isInquiry, course: first })
    } else if (dice < 0.8) {
      const by = random.pick(['customer', 'operator'] as const)
      mornings.push({
        kind: 'refund',
        by,
        share: random.int(1, 100),
        isBeyondUnused: by === 'operator' && random.chance(0.5),
      })
    } else if (dice < 0.92) {
      mornings.push({ kind: 'dashboard-refund', share: random.int(1, 100) })
    } else {
      mornings.push({ kind: 'refund-turns', status: random.pick(['failed', 'succeeded']) })
    }
  }
  return { kind: 'buyer', mornings, afternoons: afternoons(random, days, true) }
}

const afterBuying = (random: Random): AfterBuying => ({
  kind: random.pick(['dashboard-refund', 'dispute']),
  share: random.int(1, 100),
})

function aDebtor(random: Random, days: number): Customer {
  const account = random.chance(0.6) ? bankAccounts.paid : bankAccounts.failing
  const mornings: Plot[] = [{ kind: 'debit', dollars: random.dollars(5, 80), account }]
  while (mornings.length < days) mornings.push({ kind: 'quiet' })
  return { kind: 'debtor', mornings, afternoons: afternoons(random, days, false) }
}

function aTopper(random: Random, days: number): Customer {
  const mornings: Plot[] = []
  const troubles = [
    { says: { decline_code: 'insufficient_funds' }, next: 'resume' },
    { says: { decline_code: 'lost_card' }, next: 'resume' },
    { says: { authentication_required: true }, next: 'confirm' },
  ] as const
  const badDay = random.int(0, days - 1)
  const trouble = random.pick(troubles)
  for (let day = 0; day < days; day++) {
    if (day === badDay) mornings.push({ kind: 'card', says: trouble.says })
    else if (day === badDay + 1) mornings.push({ kind: trouble.next })
    else mornings.push({ kind: 'quiet' })
  }
  return { kind: 'topper', mornings, afternoons: afternoons(random, days, true) }
}

function afternoons(random: Random, days: number, isHeavy: boolean): Use[][] {
  return Array.from({ length: days }, () => Array.from({ length: random.int(0, 3) }, () => aUse(random, isHeavy)))
}

function aUse(random: Random, isHeavy: boolean): Use {
  const dice = random.next()
  const dollars = `${random.int(0, isHeavy ? 12 : 1)}.${String(random.int(1, 99)).padStart(2, '0')}`
  if (dice < 0.5) return { kind: 'usage', dollars }
  if (dice > 0.85) return { kind: 'gift', dollars, days: random.int(0, 3) }
  return { kind: 'hold', dollars, end: random.pick(['settle', 'release', 'leave']), usedShare: random.int(1, 120) }
}
