/**
 * Plain-text accounting: transfers as journal entries that hledger and beancount read. Pure. Amounts are exact (nine digits after
 * the point); every entry balances, and balances are asserted as the ledger has them. docs/statement.md describes both.
 */
import type { ProofTransfer } from '../proof/rules'

export const journalFormats = ['hledger', 'beancount'] as const
export type JournalFormat = (typeof journalFormats)[number]

/** customer: one account's own books. operator: the house's books, where customers' credit is owed. */
export type JournalView = 'customer' | 'operator'

const buckets = {
  customer: {
    payments: 'Equity:Purse:Payments',
    promotions: 'Income:Purse:Promotions',
    revenue: 'Expenses:Purse:Usage',
    disputed: 'Assets:Purse:Disputed',
    expired: 'Expenses:Purse:Expired',
  },
  operator: {
    payments: 'Assets:Purse:Payments',
    promotions: 'Expenses:Purse:Promotions',
    revenue: 'Income:Purse:Usage',
    disputed: 'Liabilities:Purse:Disputed',
    expired: 'Income:Purse:Expired',
  },
} as const satisfies Record<JournalView, Record<string, string>>

/** The account of one customer's credit; its parts are one account for each grant, and one for a debt. */
const creditAccount = (view: JournalView, accountId: string): string =>
  view === 'customer' ? 'Assets:Purse:Credit' : `Liabilities:Purse:Credit:Account-${accountId}`

/** An exact amount: "-0.070000000". */
export function journalAmount(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}.${(size % 1_000_000_000n).toString().padStart(9, '0')}`
}

/** The line that opens a journal: its commodity and the house's buckets. Said once, whatever the number of accounts. */
export function journalHeader(format: JournalFormat, view: JournalView, currency: string): string {
  const commodity = currency.toUpperCase()
  const names = Object.values(buckets[view])
  const parent = view === 'operator' ? ['Liabilities:Purse:Credit'] : []
  if (format === 'hledger') {
    return [
      '; Written by Purse. Each entry is one transfer of the ledger; docs/statement.md tells what its tags mean.',
      `commodity 1000.000000000 ${commodity}`,
      ...[...names, ...parent].map((name) => `account ${name}`),
      '',
      '',
    ].join('\n')
  }
  return [
    '; Written by Purse. Each entry is one transfer of the ledger; docs/statement.md tells what its metadata mean.',
    'option "title" "Purse ledger"',
    `option "operating_currency" "${commodity}"`,
    `1970-01-01 commodity ${commodity}`,
    ...[...names, ...parent].map((name) => `1970-01-01 open ${name} ${commodity}`),
    '',
    '',
  ].join('\n')
}

interface Posting {
  account: string
  nanos: bigint
}

/** The journal of one account: entries in the order of their numbers, each with the balance after it. */
export class AccountJournal {
  private readonly credit: string
  private readonly commodity: string
  private readonly sign: bigint
  private balance = 0n
  private day = ''
  private hasDebt = false

  constructor(
    private readonly format: JournalFormat,
    private readonly view: JournalView,
    private readonly accountId: string,
    currency: string,
  ) {
    this.credit = creditAccount(view, accountId)
    this.commodity = currency.toUpperCase()
    // What a customer owns, the house owes.
    this.sign = view === 'customer' ? 1n : -1n
  }

  /** Declares the account's credit. */
  begin(): string {
    return `${this.opened(this.credit, '1970-01-01')}\n`
  }

  /** The entry of a transfer; before it, what it needs declared and, on a new day, the balance of the day before. */
  entry(transfer: ProofTransfer): string {
    const day = this.dayOf(transfer.at)
    const lines: string[] = []
    if (this.format === 'beancount' && this.day !== '' && day !== this.day) lines.push(this.asserted(), '')
    this.day = day
    if (transfer.grant) lines.push(this.opened(this.grantAccount(transfer.grant.id), day))
    const postings = this.postingsOf(transfer)
    const debt = this.debtAccount
    if (!this.hasDebt && postings.some(({ account }) => account === debt)) {
      this.hasDebt = true
      lines.push(this.opened(debt, day))
    }
    this.balance += this.signed(transfer)
    lines.push(
      ...(this.format === 'hledger' ? this.hledgerEntry(transfer, postings) : this.beancountEntry(transfer, postings)),
      '',
      '',
    )
    return lines.join('\n')
  }

  /** The last balance. */
  end(): string {
    return this.format === 'beancount' && this.day !== '' ? `${this.asserted()}\n\n` : '\n'
  }

  private signed({ to, amount }: ProofTransfer): bigint {
    return to === 'credit' ? BigInt(amount) : -BigInt(amount)
  }

  /** Entries stand in the order of their numbers, so a clock that was behind does not take a day back. */
  private dayOf(at: string): string {
    const day = at.slice(0, 10)
    return day > this.day ? day : this.day
  }

  private grantAccount(grantId: string): string {
    return `${this.credit}:Grant-${grantId}`
  }

  private get debtAccount(): string {
    return `${this.credit}:Debt`
  }

  private opened(account: string, day: string): string {
    return this.format === 'hledger' ? `account ${account}` : `${day} open ${account} ${this.commodity}`
  }

  /** The house's bucket, each grant that moved, and the debt that no grant covers or that is paid. */
  private postingsOf(transfer: ProofTransfer): Posting[] {
    const signed = this.signed(transfer)
    const bucket = transfer.to === 'credit' ? transfer.from : transfer.to
    const house = (buckets[this.view] as Record<string, string>)[bucket] ?? `Equity:Purse:Unknown-${bucket}`
    const moved = new Map<string, bigint>()
    const move = (grantId: string, nanos: bigint) => moved.set(grantId, (moved.get(grantId) ?? 0n) + nanos)
    if (transfer.grant) move(transfer.grant.id, BigInt(transfer.grant.amount))
    for (const { grant, amount } of transfer.draws) move(grant, -BigInt(amount))
    const ofGrants = [...moved.values()].reduce((sum, nanos) => sum + nanos, 0n)
    return [
      { account: house, nanos: -signed },
      ...[...moved].map(([grantId, nanos]) => ({ account: this.grantAccount(grantId), nanos })),
      { account: this.debtAccount, nanos: signed - ofGrants },
    ]
      .filter(({ nanos }) => nanos !== 0n)
      .map(({ account, nanos }) => ({ account, nanos: nanos * this.sign }))
  }

  private facts(transfer: ProofTransfer): [string, string][] {
    return [
      ['seq', String(transfer.seq)],
      ['kind', transfer.kind],
      ['cause', transfer.cause],
      ['posted', transfer.at],
      ['hash', transfer.hash],
      ...(this.view === 'operator' ? ([['account', this.accountId]] as [string, string][]) : []),
    ]
  }

  private hledgerEntry(transfer: ProofTransfer, postings: Posting[]): string[] {
    const amount = (nanos: bigint) => `${journalAmount(nanos)} ${this.commodity}`
    return [
      `${this.day} * (${transfer.seq}) ${transfer.kind}`,
      ...this.facts(transfer).map(([name, value]) => `    ; ${name}: ${tagValue(value)}`),
      ...postings.map(({ account, nanos }) => `    ${account}  ${amount(nanos)}`),
      // Nothing moves here: it asserts the credit with all of its parts.
      `    ${this.credit}  ${amount(0n)} =* ${amount(this.balance * this.sign)}`,
    ]
  }

  private beancountEntry(transfer: ProofTransfer, postings: Posting[]): string[] {
    return [
      `${this.day} * "${transfer.kind}"`,
      ...this.facts(transfer).map(([name, value]) => `  ${name}: ${name === 'seq' ? value : quoted(value)}`),
      ...postings.map(({ account, nanos }) => `  ${account}  ${journalAmount(nanos)} ${this.commodity}`),
    ]
  }

  /** Beancount asserts at the beginning of a day: the one after the last entry. */
  private asserted(): string {
    const next = new Date(Date.parse(`${this.day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
    return `${next} balance ${this.credit}  ${journalAmount(this.balance * this.sign)} ~ 0.000000000 ${this.commodity}`
  }
}

const dayMs = 86_400_000

/** A tag's value ends at a comma. */
const tagValue = (text: string): string => text.replaceAll('%', '%25').replaceAll(',', '%2C')

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
