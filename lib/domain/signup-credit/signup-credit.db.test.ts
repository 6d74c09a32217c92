import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { formatMoney, parseMoney } from '@/lib/core/money'
import { signUp } from '@/lib/domain/accounts'
import { authorize, release, settle } from '@/lib/domain/gate'
import { listGrants } from '@/lib/domain/grants'
import { listMovements, readBalance } from '@/lib/domain/ledger'
import { movementText } from '@/lib/domain/ledger/rules'
import { savePaymentMethod } from '@/lib/domain/payment-methods'
import { inTransaction, pool, query } from '@/lib/edges/db'
import { aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'

aDatabaseInTest({ mode: 'demo' })
const longMs = 90_000

beforeAll(async () => {
  await publishTestPrices()
})
afterAll(async () => {
  await expectBooksToAgree()
})

/** A name that nobody has used. */
const aName = () => `n${newId().replaceAll('-', '')}`

async function aPerson(email = `${aName()}@example.com`): Promise<string> {
  return (await signUp(tester, { email, name: 'Ada' })).accountId
}

const balance = async (accountId: string) => formatMoney((await readBalance(pool(), accountId)).balance)
const notices = (accountId: string) =>
  query<{ kind: string; facts: unknown }>('select kind, facts from notifications where account_id = $1', [accountId])
const statement = async (accountId: string) =>
  (await listMovements(tester, { accountId })).map((movement) => `${movementText(movement)} ${movement.amount}`)

/** Saves a card, as Stripe tells of it. */
async function saveCard(accountId: string, fingerprint: string | null): Promise<void> {
  const customerId = `cus_${accountId}`
  await query('update accounts set stripe_customer_id = $2 where account_id = $1', [accountId, customerId])
  const card = {
    stripePaymentMethodId: `pm_${newId()}`,
    customerId,
    brand: 'visa',
    last4: '4242',
    expMonth: 12,
    expYear: 2040,
    fingerprint,
  }
  await inTransaction((tx) => savePaymentMethod(tx, { accountId, actor: tester, card, at: new Date() }))
}

describe('by verified address', () => {
  test.each([
    [(name: string) => [`${name}@example.com`, `${name}+again@example.com`]],
    [(name: string) => [`${name}+a@example.com`, `${name}+b@Example.com`]],
    [(name: string) => [`${name}@gmail.com`, `${name.slice(0, 3)}.${name.slice(3)}+x@googlemail.com`]],
  ])('a second account of the same person has no credit, and is told why', async (addresses) => {
    const [first, second] = addresses(aName())
    const [one, two] = [await aPerson(first), await aPerson(second)]
    expect(one).not.toBe(two)
    expect([await balance(one), await balance(two)]).toEqual(['1.00', '0.00'])
    expect(await notices(one)).toEqual([])
    expect(await notices(two)).toEqual([{ kind: 'signup_credit_withheld', facts: {} }])
    // Signing in again changes nothing.
    expect([await aPerson(first), await aPerson(second)]).toEqual([one, two])
    expect([await balance(one), await balance(two)]).toEqual(['1.00', '0.00'])
    expect(await notices(two)).toHaveLength(1)
  })

  test('dots count where the provider counts them', async () => {
    const name = aName()
    const accounts = [await aPerson(`a.${name}@example.com`), await aPerson(`a${name}@example.com`)]
    expect(await Promise.all(accounts.map(balance))).toEqual(['1.00', '1.00'])
  })

  test('eight processes sign variants of one person up at once: exactly one account has the credit', {
    timeout: longMs,
  }, async () => {
    const name = aName()
    const sent = Array.from({ length: 8 }, (_, index) =>
      startProcess('lib/testing/run-verb.ts', [
        'lib/domain/accounts',
        'signUp',
        JSON.stringify({ email: `${name}+${index}@example.com` }),
      ]),
    )
    const accounts = ((await messagesOf(sent)) as { result: { accountId: string } }[]).map(
      ({ result }) => result.accountId,
    )
    expect(new Set(accounts).size).toBe(8)
    const balances = await Promise.all(accounts.map(balance))
    expect(balances.filter((amount) => amount === '1.00')).toHaveLength(1)
    expect(balances.filter((amount) => amount === '0.00')).toHaveLength(7)
    await expectBooksToAgree()
  })

  test('the same address from eight processes is one account with one credit', { timeout: longMs }, async () => {
    const args = ['lib/domain/accounts', 'signUp', JSON.stringify({ email: `${aName()}@example.com` })]
    const said = (await messagesOf(startProcesses(8, 'lib/testing/run-verb.ts', args))) as {
      result: { accountId: string }
    }[]
    const accounts = new Set(said.map(({ result }) => result.accountId))
    expect(accounts.size).toBe(1)
    expect(await balance([...accounts][0]!)).toBe('1.00')
  })
})

describe('by payment instrument', () => {
  test('the first account keeps its credit; the second loses what is left, and reads why', async () => {
    const [one, two] = [await aPerson(), await aPerson()]
    const card = newId()
    const used = await authorize(tester, {
      accountId: two,
      idempotencyKey: newId(),
      size: { maxCost: parseMoney('0.50'), model: 'gpt-oss-20b' },
      holdSeconds: 600,
    })
    const settlement = { model: null, inputTokens: 4_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
    await settle(tester, { accountId: two, holdId: used.hold.holdId, settlement })
    await aPaidPurchase(two, parseMoney('10'))

    await saveCard(one, card)
    await saveCard(two, card)
    expect([await balance(one), await balance(two)]).toEqual(['1.00', '10.00'])
    expect((await statement(two))[0]).toBe('Signup credit taken back: the card had it before -0.72')
    expect(await notices(two)).toContainEqual({
      kind: 'signup_credit_returned',
      facts: { amount: '0.72', isHeld: false, card: { brand: 'visa', last4: '4242' } },
    })
    // Again, with the same card and with another one of the same kind: once.
    await saveCard(two, card)
    expect(await balance(two)).toBe('10.00')
    await saveCard(one, card)
    expect(await balance(one)).toBe('1.00')
    await expectBooksToAgree()
  })

  test('credit that is used up stays used: nothing becomes a debt', async () => {
    const [one, two] = [await aPerson(), await aPerson()]
    const card = newId()
    await saveCard(one, card)
    const placed = await authorize(tester, {
      accountId: two,
      idempotencyKey: newId(),
      size: { maxCost: parseMoney('1.00'), model: 'gpt-oss-20b' },
      holdSeconds: 600,
    })
    const settlement = { model: null, inputTokens: 14_285_714n, cachedInputTokens: 0n, outputTokens: 0n }
    await settle(tester, { accountId: two, holdId: placed.hold.holdId, settlement })
    const before = await balance(two)
    await saveCard(two, card)
    expect(Number(before)).toBeLessThan(0.000001)
    expect(await balance(two)).toBe('0.00')
    await expectBooksToAgree()
  })

  test('what open holds stand on is honoured, and goes when they close', async () => {
    const [one, two] = [await aPerson(), await aPerson()]
    const card = newId()
    await saveCard(one, card)
    const hold = async (cost: string) =>
      (
        await authorize(tester, {
          accountId: two,
          idempotencyKey: newId(),
          size: { maxCost: parseMoney(cost), model: 'gpt-oss-20b' },
          holdSeconds: 600,
        })
      ).hold.holdId
    const [settled, released] = [await hold('0.35'), await hold('0.25')]
    await saveCard(two, card)
    expect(await readBalance(pool(), two)).toMatchObject({ available: parseMoney('0') })
    expect(await notices(two)).toContainEqual({
      kind: 'signup_credit_returned',
      facts: { amount: '0.40', isHeld: true, card: { brand: 'visa', last4: '4242' } },
    })
    const settlement = { model: null, inputTokens: 4_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
    expect((await settle(tester, { accountId: two, holdId: settled, settlement })).charged).toBe('0.28')
    await release(tester, { accountId: two, holdId: released })
    expect(await balance(two)).toBe('0.00')
    expect((await listGrants(tester, { accountId: two }))[0]).toMatchObject({ source: 'signup', remaining: '0.00' })
    await expectBooksToAgree()
  })

  test('an account that never had the credit claims nothing', async () => {
    const name = aName()
    const first = await aPerson(`${name}@example.com`)
    const second = await aPerson(`${name}+2@example.com`)
    const card = newId()
    await saveCard(second, card)
    await saveCard(first, card)
    expect(await balance(first)).toBe('1.00')
  })

  test('a card without a fingerprint, and different cards, cost nobody anything', async () => {
    const accounts = [await aPerson(), await aPerson(), await aPerson()]
    await saveCard(accounts[0]!, null)
    await saveCard(accounts[1]!, null)
    await saveCard(accounts[2]!, newId())
    expect(await Promise.all(accounts.map(balance))).toEqual(['1.00', '1.00', '1.00'])
  })

  test('at the same moment, on eight connections: exactly one keeps the credit', { timeout: longMs }, async () => {
    for (let round = 0; round < 5; round++) {
      const accounts = await Promise.all(Array.from({ length: 8 }, () => aPerson()))
      const card = newId()
      await Promise.all(accounts.map((accountId) => saveCard(accountId, card)))
      const balances = await Promise.all(accounts.map(balance))
      expect(balances.toSorted()).toEqual([...Array(7).fill('0.00'), '1.00'])
    }
    await expectBooksToAgree()
  })
})

test('only hashes are kept, under a key of the installation', async () => {
  const name = aName()
  const accountId = await aPerson(`${name}@example.com`)
  await saveCard(accountId, 'fingerprint-in-clear')
  const rows = await query<{ kind: string; value_hash: Buffer }>(
    'select kind, value_hash from signup_claims where account_id = $1 order by kind',
    [accountId],
  )
  expect(rows.map(({ kind }) => kind)).toEqual(['email', 'fingerprint'])
  for (const { value_hash: hash } of rows) {
    expect(hash).toHaveLength(32)
    for (const guess of [`${name}@example.com`, 'fingerprint-in-clear']) {
      expect(createHash('sha256').update(guess).digest().equals(hash)).toBe(false)
    }
  }
})
