import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { Refusal } from '@/lib/core/errors'
import { cents, formatMoney, money, parseMoney } from '@/lib/core/money'
import { expireGrants } from '@/lib/domain/gate'
import { givePromotion } from '@/lib/domain/grants'
import { refundPurchase, syncRefunds } from '@/lib/domain/refunds'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { inParts } from '@/lib/testing/random-ledger'
import { readBeancount, readHledger } from '@/lib/testing/read-journal'
import { aPurchase, moveDispute, moveRefund, openDispute } from '@/lib/testing/take-backs'
import { use } from '@/lib/testing/top-ups'
import { verify as verifyAlone } from '../../../verifier/verify.mjs'
import { exportCsv, exportJournal, exportProof, exportWholeJournal, getMovement, getStatement } from '.'
import { csvColumns } from './export-csv'
import { chainText, noHash, sha256, verifyProof } from './proof/rules'
import { readHistory } from './store'

let world: MoneyIn
let accountId: string
let owner: Actor
const bought: Record<string, string> = {}

const dayMs = 86_400_000

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
  await aRichHistory()
}, 120_000)

afterAll(async () => {
  await world.close()
})

const laterBy = async (ms: number) => moveClock(new Date((await now()).getTime() + ms))

/** Every way in which credit comes, goes and comes back, over some weeks. */
async function aRichHistory(): Promise<void> {
  const { accountId: id, userId } = await anAccount()
  accountId = id
  owner = { kind: 'user', userId }
  await use(accountId, 0.4)
  await aPaidPurchase(accountId, cents(1500), { discount: cents(300) })
  await laterBy(dayMs)
  const first = await aPurchase(world, { accountId, amount: '20.00' })
  await use(accountId, 3)
  await laterBy(2 * dayMs)
  const { refundId } = await refundPurchase(tester, {
    ...first,
    amount: '5.00',
    isBeyondUnused: false,
    reason: 'A test',
  })
  bought.first = first.purchaseId
  bought.refund = refundId
  const [refund] = await query<{ id: string }>('select stripe_refund_id as id from refunds where refund_id = $1', [
    refundId,
  ])
  await moveRefund(world, refund!.id, 'failed', 'expired_or_canceled_card')
  await syncRefunds(tester, first)
  await givePromotion(tester, {
    accountId,
    amount: '2.00',
    expiresOn: (await now()).toISOString().slice(0, 10),
    reason: 'A test',
    idempotencyKey: 'gift',
  })
  await use(accountId, 0.5)
  await laterBy(2 * dayMs)
  await expireGrants(tester)
  const disputed = await aPurchase(world, { accountId, amount: '30.00' })
  const dispute = await openDispute(world, disputed.paymentIntentId)
  await syncRefunds(tester, disputed)
  await moveDispute(world, dispute.id, 'won')
  await syncRefunds(tester, disputed)
  await use(accountId, 55)
  await refundPurchase(tester, { ...disputed, amount: '28.00', isBeyondUnused: true, reason: 'Goodwill' })
  await laterBy(dayMs)
  const last = await aPurchase(world, { accountId, amount: '20.00' })
  const lost = await openDispute(world, last.paymentIntentId)
  await syncRefunds(tester, last)
  await moveDispute(world, lost.id, 'lost')
  await syncRefunds(tester, last)
  await aPurchase(world, { accountId, amount: '90.00' })
  for (let n = 0; n < 5; n++) await use(accountId, 0.1)
}

interface Row {
  seq: bigint
  kind: string
  amount: bigint
  to_bucket: string
  balance_after: bigint
  posted_at: Date
}

const rowsOf = () => query<Row>('select * from transfers where account_id = $1 order by seq', [accountId])
const text = (nanos: bigint) => formatMoney(money(nanos))
const nanos = (amount: string) => parseMoney(amount).nanos

async function textOf({ chunks }: Download): Promise<string> {
  let whole = ''
  for await (const chunk of chunks) whole += chunk
  return whole
}

const proof = async () => textOf(await exportProof(owner, { accountId }))

test('the history has what a statement can show', async () => {
  const kinds = new Set((await rowsOf()).map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual(
    [
      'dispute_frozen',
      'dispute_lost',
      'dispute_released',
      'expiry',
      'promotion',
      'purchase',
      'refund',
      'refund_reversed',
      'signup_credit',
      'usage',
    ].sort(),
  )
  expect((await rowsOf()).some(({ balance_after }) => balance_after < 0n)).toBe(true)
  await expectBooksToAgree()
})

describe('the statement', () => {
  test('pages through every movement once, newest first or oldest first', async () => {
    const rows = await rowsOf()
    for (const order of ['newest', 'oldest'] as const) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await getStatement(owner, { accountId, order, limit: 4, cursor })
        expect(page.lines.length).toBeLessThanOrEqual(4)
        seen.push(...page.lines.map(({ seq }) => seq))
        cursor = page.next ?? undefined
      } while (cursor)
      const expected = rows.map(({ seq }) => seq.toString())
      expect(seen).toEqual(order === 'oldest' ? expected : expected.reverse())
    }
  })

  test('begins, comes, goes and ends as the movements of its days do', async () => {
    const rows = await rowsOf()
    const days = [...new Set(rows.map(({ posted_at }) => posted_at.toISOString().slice(0, 10)))]
    for (const from of [undefined, ...days]) {
      for (const to of [undefined, ...days]) {
        if (from && to && to < from) continue
        const within = rows.filter(({ posted_at }) => {
          const day = posted_at.toISOString().slice(0, 10)
          return (!from || day >= from) && (!to || day <= to)
        })
        const before = rows.filter(({ posted_at }) => from && posted_at.toISOString().slice(0, 10) < from)
        const sum = (isIn: boolean) =>
          within
            .filter(({ to_bucket }) => (to_bucket === 'credit') === isIn)
            .reduce((all, { amount }) => all + amount, 0n)
        const opening = before.at(-1)?.balance_after ?? 0n
        const { range } = await getStatement(owner, { accountId, from, to })
        expect(range).toMatchObject({
          opening: text(opening),
          moneyIn: text(sum(true)),
          moneyOut: text(sum(false)),
          closing: text(opening + sum(true) - sum(false)),
          count: within.length,
        })
        expect(range.kinds.reduce((all, { amount }) => all + nanos(amount), 0n)).toBe(sum(true) - sum(false))
        const usage = within.filter(({ kind }) => kind === 'usage')
        expect(range.kinds.find(({ kind }) => kind === 'usage')?.count ?? 0).toBe(usage.length)
      }
    }
  })

  test('knows the balance and what each grant had left after every movement', async () => {
    for (const { seq, posted_at, balance_after } of await rowsOf()) {
      const asOf = posted_at.toISOString()
      const then = await getStatement(owner, { accountId, asOf })
      // Several may have the same millisecond: the last of them counts.
      if (then.seq !== seq.toString()) continue
      expect(then.balance).toBe(text(balance_after))
      const owned = balance_after > 0n ? balance_after : 0n
      expect(then.grants.reduce((sum, { left }) => sum + nanos(left), 0n)).toBe(owned)
      const left = await query<{ id: string; left: bigint }>(
        `select grant_id as id, amount - coalesce((select sum(d.amount) from grant_draws d where d.account_id = g.account_id
            and d.grant_id = g.grant_id and d.transfer_seq <= $2), 0)::bigint as left
           from grants g where account_id = $1 and transfer_seq <= $2 order by transfer_seq`,
        [accountId, seq],
      )
      expect(then.grants.map(({ grantId, left }) => [grantId, left])).toEqual(
        left.filter((grant) => grant.left !== 0n).map((grant) => [grant.id, text(grant.left)]),
      )
      expect(then.lines[0]?.seq).toBe(seq.toString())
    }
    const [first] = await rowsOf()
    const before = await getStatement(owner, {
      accountId,
      asOf: new Date(first!.posted_at.getTime() - 1).toISOString(),
    })
    expect(before).toMatchObject({ balance: '0.00', seq: '0', grants: [], lines: [] })
  })

  test('shows the kinds that are asked for, each with what is behind it', async () => {
    const kinds = async (...names: string[]) => (await getStatement(owner, { accountId, kinds: names })).lines
    expect(new Set((await kinds('refunds')).map(({ kind }) => kind))).toEqual(new Set(['refund', 'refund_reversed']))
    const refund = (await kinds('refund')).find(
      ({ behind }) => behind.what === 'refund' && behind.refundId === bought.refund,
    )
    expect(refund?.behind).toEqual({ what: 'refund', refundId: bought.refund, purchaseId: bought.first })
    expect((await kinds('usage')).every(({ behind }) => behind.what === 'events')).toBe(true)
    expect((await kinds('dispute_lost'))[0]?.behind).toMatchObject({ what: 'dispute', purchaseId: expect.any(String) })
    expect((await kinds('expired'))[0]).toMatchObject({ source: 'promotion', behind: { what: 'grant' } })
    expect((await kinds('added')).map(({ behind }) => behind.what).sort()).toContain('purchase')
    const mixed = await kinds('expired', 'usage', 'signup_credit')
    expect(new Set(mixed.map(({ kind }) => kind))).toEqual(new Set(['expiry', 'usage', 'signup_credit']))
  })

  test('names the field that is wrong', async () => {
    const fieldOf = (input: Omit<Parameters<typeof getStatement>[1], 'accountId'>) =>
      getStatement(owner, { accountId, ...input }).then(
        () => 'none',
        (error: unknown) => (error instanceof Refusal ? error.facts.field : String(error)),
      )
    expect(await fieldOf({ kinds: ['constructor'] })).toBe('kinds')
    expect(await fieldOf({ from: '2026-02-30' })).toBe('from')
    expect(await fieldOf({ from: '2026-03-02', to: '2026-03-01' })).toBe('to')
    expect(await fieldOf({ asOf: 'yesterday' })).toBe('asOf')
    expect(await fieldOf({ cursor: '99999' })).toBe('cursor')
    expect(await fieldOf({ cursor: "1' or 1=1" })).toBe('cursor')
  })

  test('is for members of the account alone', async () => {
    const { userId } = await anAccount()
    const stranger: Actor = { kind: 'user', userId }
    const asked = [
      getStatement,
      exportProof,
      exportCsv,
      (actor: Actor, input: { accountId: string }) => exportJournal(actor, { ...input, format: 'hledger' }),
    ]
    for (const verb of asked) await expect(verb(stranger, { accountId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(getMovement(stranger, { accountId, seq: '1' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(exportWholeJournal(owner, { format: 'hledger' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a movement', () => {
  test('leads to the events that it charged, which add up to it', async () => {
    for (const { seq, kind, amount } of await rowsOf()) {
      const movement = await getMovement(owner, { accountId, seq: seq.toString() })
      expect(nanos(movement.balanceAfter) - nanos(movement.balanceBefore)).toBe(nanos(movement.amount))
      const drawn = movement.draws.reduce((sum, draw) => sum + nanos(draw.amount), 0n)
      const brought = movement.grant ? nanos(movement.grant.amount) : 0n
      expect(brought - drawn - nanos(movement.beyondGrants)).toBe(nanos(movement.amount))
      if (kind !== 'usage') continue
      expect(movement.events.reduce((sum, event) => sum + nanos(event.amount), 0n)).toBe(amount)
    }
  })

  test('that does not exist is not found', async () => {
    for (const seq of ['0', '9999', '-1', 'x', '1e3']) {
      await expect(getMovement(owner, { accountId, seq })).rejects.toMatchObject({ code: 'not_found' })
    }
  })
})

describe('the proof', () => {
  test('fits itself and what the page shows, for both verifiers', async () => {
    const { book } = await getStatement(owner, { accountId })
    const file = await proof()
    const report = await verifyProof(inParts(file), { shown: book })
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ shown: 'agrees', transfers: book.seq, account: accountId })
    expect(await verifyAlone(inParts(file))).toMatchObject({ ok: true, transfers: book.seq })
  })

  test('begins with every earlier proof', async () => {
    const earlier = await proof()
    const { book } = await getStatement(owner, { accountId })
    await use(accountId, 0.2)
    const report = await verifyProof(inParts(await proof()), {
      shown: book,
      remembered: { seq: book.seq, hash: book.hash },
      earlier: inParts(earlier),
    })
    expect(report).toMatchObject({ problems: [], shown: 'agrees', remembered: 'same', earlierLines: book.seq + 1 })
  })

  test('of an account that never had a movement is whole too', async () => {
    const { accountId: empty } = await anAccount()
    const [{ hash }] = (await query<{ hash: string }>(`select encode(sha256('x'), 'hex') as hash`)) as [
      { hash: string },
    ]
    const report = await verifyProof(inParts(await textOf(await exportProof(tester, { accountId: empty }))), {
      remembered: { seq: 1, hash },
    })
    expect(report.problems.map(({ code }) => code)).toEqual(['remembered'])
  })
})

describe('the exports', () => {
  test('CSV has every movement with exact figures, and no formula', async () => {
    const whole = await textOf(await exportCsv(owner, { accountId }))
    const lines = whole.trimEnd().split('\r\n')
    const rows = await rowsOf()
    expect(lines[0]).toBe(csvColumns.join(','))
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(rows.map(({ seq }) => seq.toString()))
    const sum = lines.slice(1).reduce((total, line) => total + nanos(line.split(',')[6]!), 0n)
    expect(sum).toBe(rows.at(-1)!.balance_after)
    const some = await textOf(await exportCsv(owner, { accountId, kinds: ['refunds'] }))
    expect(
      some
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .every((line) => /^\d+,[^,]+,refund(_reversed)?,/.test(line)),
    ).toBe(true)
    expect(whole).not.toMatch(/(^|,)"?[=+@\t]/m)
  })

  test('journals balance, with the balance and each grant as the ledger has them', async () => {
    const [balance] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
      accountId,
    ])
    const grants = await query<{ id: string; left: bigint }>(
      'select grant_id as id, remaining as left from grants where account_id = $1',
      [accountId],
    )
    for (const [format, read] of [
      ['hledger', readHledger],
      ['beancount', readBeancount],
    ] as const) {
      const journal = await textOf(await exportJournal(owner, { accountId, format }))
      const { balances, entries } = read(journal)
      const credit = [...balances].filter(([account]) => account.startsWith('Assets:Purse:Credit'))
      expect(credit.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(balance!.balance)
      for (const { id, left } of grants) expect(balances.get(`Assets:Purse:Credit:Grant-${id}`) ?? 0n).toBe(left)
      expect(entries.length).toBe((await rowsOf()).length)
    }
  })

  test('the whole ledger balances: what the house owes is what all customers own', async () => {
    const [{ owned }] = (await query<{ owned: bigint }>(
      'select sum(balance)::bigint as owned from account_balances',
    )) as [{ owned: bigint }]
    const [{ used }] = (await query<{ used: bigint }>(
      `select sum(amount)::bigint as used from transfers where kind = 'usage'`,
    )) as [{ used: bigint }]
    const told: number[] = []
    for (const [format, read] of [
      ['hledger', readHledger],
      ['beancount', readBeancount],
    ] as const) {
      const { balances } = read(
        await textOf(await exportWholeJournal(tester, { format, onAccount: (n) => told.push(n) })),
      )
      const owed = [...balances].filter(([account]) => account.startsWith('Liabilities:Purse:Credit'))
      expect(owed.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(-owned)
      expect(balances.get('Income:Purse:Usage')).toBe(-used)
    }
    expect(told.length).toBeGreaterThan(2)
  })
})

/** What somebody with the database in hand might change (of this account alone), and where the proof says that it does not fit. */
const corruptions: [what: string, sql: string, field: RegExp][] = [
  ['an amount', `update transfers set amount = amount + 1 where OWN and seq = 5`, /^balance$/],
  ['a balance', `update transfers set balance_after = balance_after + 1 where OWN and seq = 5`, /^balance$/],
  ['a cause', `update transfers set cause = cause || 'x' where OWN and seq = 5`, /^hash$/],
  ['a time', `update transfers set posted_at = posted_at + interval '1 millisecond' where OWN and seq = 5`, /^hash$/],
  ['a hash', `update transfers set hash = set_byte(hash, 7, get_byte(hash, 7) # 1) where OWN and seq = 5`, /^hash$/],
  ['a kind', `update transfers set kind = 'refund_reversed' where OWN and kind = 'purchase' and seq < 9`, /^hash$/],
  ['a currency', `update transfers set currency = 'eur' where OWN and seq = 5`, /^currency$/],
  ['a transfer that is gone', `delete from transfers where OWN and seq = 5`, /^seq$/],
  ['a draw', `update grant_draws set amount = amount - 1 where OWN and transfer_seq = 2`, /^draws$/],
  ['a draw that is gone', `delete from grant_draws where OWN and transfer_seq = 2`, /^draws$/],
  [
    'the grant of a draw',
    `update grant_draws set grant_id = (select grant_id from grants where OWN and source = 'purchase' order by transfer_seq limit 1)
      where OWN and transfer_seq = (select seq from transfers where OWN and kind = 'expiry')`,
    /^left$/,
  ],
  ['what a grant has left', `update grants set remaining = remaining - 1 where OWN and remaining > 0`, /^left$/],
  ["a grant's amount", `update grants set amount = amount + 1 where OWN and source = 'purchase'`, /^grant.amount$/],
  ["a grant's source", `update grants set source = 'promotion' where OWN and source = 'purchase'`, /^grant.source$/],
  ["a grant's priority", `update grants set priority = priority - 1 where OWN and source = 'purchase'`, /^hash$/],
  [
    'an expiry that was put off',
    `update grants set expires_at = expires_at + interval '1 day' where OWN and expires_at is not null`,
    /^expires$/,
  ],
  [
    'an expiry that was put off, as if it had come with it',
    `update grants set expires_at = expires_at + interval '1 day', first_expires_at = expires_at + interval '1 day'
      where OWN and expires_at is not null`,
    /^hash$/,
  ],
  [
    'draws on two grants, so that their sum fits',
    `update grant_draws d set amount = d.amount + case when d.grant_id = two.one then 1 else -1 end
       from (select transfer_seq, min(grant_id::text)::uuid as one from grant_draws where OWN and amount > 1
              group by transfer_seq having count(*) = 2 limit 1) two
      where OWN and d.transfer_seq = two.transfer_seq`,
    /^hash$/,
  ],
  ["a grant's time", `update grants set granted_at = granted_at - interval '1 day' where OWN`, /^grant.granted$/],
  ['the balance', `update account_balances set balance = balance + 1 where OWN`, /^balance$/],
  ['the head', `update account_balances set last_hash = sha256('x') where OWN`, /^hash$/],
  [
    'an end that is cut off',
    `with gone as (delete from transfers where OWN and seq > 20) update account_balances set last_seq = 20 where OWN`,
    /^hash$/,
  ],
]

test.each(corruptions)('a change in the database is found out, by name: %s', async (_, sql, field) => {
  const { book } = await getStatement(owner, { accountId })
  await whileChanged(sql, async () => {
    const report = await verifyProof(inParts(await proof()), { shown: book })
    const alone = await verifyAlone(inParts(await proof()))
    expect(report.problems.length).toBeGreaterThan(0)
    expect(alone.ok).toBe(false)
    expect(report.problems).toContainEqual(expect.objectContaining({ field: expect.stringMatching(field) }))
  })
  expect((await verifyProof(inParts(await proof()))).problems).toEqual([])
  await expectBooksToAgree()
})

/** Of the tables of the ledger, what no movement and no grant is told by: whose it is, what is set aside, and marks of chores. */
const apart = {
  account_balances: ['account_id', 'currency', 'held', 'minute', 'minute_requests'],
  grants: ['warned_days', 'is_over'],
  grant_draws: [],
  transfers: [],
}

const checkViolation = '23514'

test('no column of the ledger can be changed without being found', { timeout: 120_000 }, async () => {
  const { book } = await getStatement(owner, { accountId })
  const columns = await query<{ table: keyof typeof apart; column: string; type: string }>(
    `select table_name as table, column_name as column, udt_name as type from information_schema.columns
      where table_schema = 'public' and table_name = any($1) order by 1, 2`,
    [Object.keys(apart)],
  )
  expect(columns.length).toBeGreaterThan(30)
  const other: Record<string, (column: string) => string> = {
    int2: (column) => `3 - ${column}`,
    int4: (column) => `${column} + 1`,
    int8: (column) => `${column} + ${column.endsWith('seq') ? 1_000_000 : 1}`,
    text: (column) => (column === 'source' ? `'adjustment'` : column === 'currency' ? `'eur'` : `left(${column}, -1)`),
    timestamptz: (column) => `${column} + interval '1 millisecond'`,
    bytea: (column) => `set_byte(${column}, 3, get_byte(${column}, 3) # 4)`,
    uuid: () => 'gen_random_uuid()',
  }
  for (const { table, column, type } of columns) {
    if ((apart[table] as string[]).includes(column)) continue
    const changed = `update ${table} set ${column} = ${other[type]!(column)}
      where ctid = (select ctid from ${table} where OWN and ${column} is not null order by ctid limit 1)`
    await whileChanged(changed, async () => {
      // The page may have shown the changed figures already, so it is no witness.
      const file = await proof()
      const [report, alone] = await Promise.all([verifyProof(inParts(file)), verifyAlone(inParts(file))])
      expect([`${table}.${column}`, report.problemCount > 0, alone.ok]).toEqual([`${table}.${column}`, true, false])
    }).catch((error: { code?: string }) => {
      // What no row may say, the database refuses even its owner: kinds and their buckets.
      if (error.code !== checkViolation) throw error
    })
  }
  expect((await verifyProof(inParts(await proof()), { shown: book })).problems).toEqual([])
})

test('a history of before hashes took in grants and draws goes on, and everything agrees', async () => {
  const { accountId: older } = await anAccount()
  await givePromotion(tester, {
    accountId: older,
    amount: '2.00',
    expiresOn: null,
    reason: 'A test',
    idempotencyKey: 'older',
  })
  await use(older, 0.3)
  const file = async () => textOf(await exportProof(tester, { accountId: older }))
  const history = (await readHistory(older, 1n, 99n)).map(({ form: _, ...transfer }) => transfer)
  const hashes: string[] = []
  for (const transfer of history) hashes.push(await sha256(chainText(older, hashes.at(-1) ?? noHash, transfer)))
  await asOwner(async (client) => {
    await client.query(
      `update transfers t set hash_form = 1, hash = decode(h.hash, 'hex')
         from unnest($2::text[]) with ordinality h(hash, seq) where t.account_id = $1 and t.seq = h.seq`,
      [older, hashes],
    )
    await client.query('update grants set first_expires_at = null where account_id = $1', [older])
    await client.query(`update account_balances set last_hash = decode($2, 'hex') where account_id = $1`, [
      older,
      hashes.at(-1),
    ])
  })
  const earlier = await file()
  expect(await verifyAlone(inParts(earlier))).toMatchObject({ ok: true, olderForm: history.length })

  await use(older, 0.4)
  const now = await file()
  const options = () => ({ earlier: inParts(earlier) })
  expect(await verifyProof(inParts(now), options())).toMatchObject({
    problems: [],
    transfers: history.length + 1,
    olderForm: history.length,
    earlierLines: history.length + 1,
  })
  expect(await verifyAlone(inParts(now), options())).toMatchObject({ ok: true, olderForm: history.length })
  await expectBooksToAgree()
})

/** As the owner of the tables could, with every trigger and foreign key asleep. */
async function asOwner(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
  try {
    await client.query(`set session_replication_role = replica`)
    await work(client)
  } finally {
    await client.end()
  }
}

/** Changes the ledger in the database, and puts it back afterwards. */
const whileChanged = (sql: string, look: () => Promise<void>): Promise<void> =>
  asOwner(async (client) => {
    const kept = Object.keys(apart)
    for (const table of kept) await client.query(`create temp table kept_${table} as select * from ${table}`)
    try {
      const { rowCount } = await client.query(sql.replaceAll('OWN', `account_id = '${accountId}'`))
      expect(rowCount, sql).toBeGreaterThan(0)
      await look()
    } finally {
      for (const table of kept) {
        await client.query(`delete from ${table}`)
        await client.query(`insert into ${table} select * from kept_${table}`)
      }
    }
  })
