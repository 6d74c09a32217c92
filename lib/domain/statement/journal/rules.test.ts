import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { aRandomLedger } from '@/lib/testing/random-ledger'
import { readBeancount, readHledger } from '@/lib/testing/read-journal'
import { AccountJournal, type JournalFormat, type JournalView, journalAmount, journalHeader } from './rules'

function journalOf(seed: number, steps: number, format: JournalFormat, view: JournalView): string {
  const ledger = aRandomLedger(seed, steps)
  const journal = new AccountJournal(format, view, ledger.accountId, 'usd')
  const entries = ledger.transfers.map((transfer) => journal.entry(transfer))
  return journalHeader(format, view, 'usd') + journal.begin() + entries.join('') + journal.end()
}

const readers = { hledger: readHledger, beancount: readBeancount }

test('amounts are exact', () => {
  expect([0n, 1n, -1n, 1_000_000_000n, -70_000_000n, 123_456_789_012_345_678n].map(journalAmount)).toEqual([
    '0.000000000',
    '0.000000001',
    '-0.000000001',
    '1.000000000',
    '-0.070000000',
    '123456789.012345678',
  ])
})

describe.each(['hledger', 'beancount'] as const)('%s', (format) => {
  const extension = format === 'hledger' ? 'journal' : 'beancount'

  test.each(['customer', 'operator'] as const)('every entry of the %s balances, and every assertion holds', (view) => {
    for (let seed = 1; seed <= 15; seed++) {
      const ledger = aRandomLedger(seed, 200)
      const { entries, assertions, balances } = readers[format](journalOf(seed, 200, format, view))
      expect(entries.map(({ facts }) => Number(facts.seq))).toEqual(ledger.transfers.map(({ seq }) => seq))
      expect(entries.map(({ facts }) => facts.cause)).toEqual(ledger.transfers.map(({ cause }) => cause))
      expect(assertions).toBeGreaterThan(format === 'hledger' ? ledger.transfers.length - 1 : 1)
      const sign = view === 'customer' ? 1n : -1n
      const credit =
        view === 'customer' ? 'Assets:Purse:Credit' : `Liabilities:Purse:Credit:Account-${ledger.accountId}`
      const own = [...balances].filter(([account]) => account === credit || account.startsWith(`${credit}:`))
      expect(own.reduce((sum, [, nanos]) => sum + nanos, 0n)).toBe(sign * BigInt(ledger.balance))
      for (const { grantId, left } of ledger.grants) {
        expect(balances.get(`${credit}:Grant-${grantId}`) ?? 0n).toBe(sign * BigInt(left))
      }
    }
  })

  test.each(['customer', 'operator'] as const)(
    'the journal of the %s is as it was when the real tool read it',
    async (view) => {
      await expect(journalOf(176, 60, format, view)).toMatchFileSnapshot(
        path.join(import.meta.dirname, 'examples', `${view}.${extension}`),
      )
    },
  )

  test('a changed amount, account or balance is refused', () => {
    const journal = journalOf(176, 60, format, 'customer')
    const refused = (text: string) => expect(() => readers[format](text)).toThrow()
    expect(() => readers[format](journal)).not.toThrow()
    refused(journal.replace(/(Expenses:Purse:Usage {2})\d/, '$19'))
    refused(journal.replace(/Expenses:Purse:Usage {2}/, 'Expenses:Purse:Other  '))
    refused(journal.replace(format === 'hledger' ? /=\* \d/ : /balance (\S+) {2}\d/, (found) => `${found}9`))
  })
})
