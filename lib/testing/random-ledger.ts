/** Ledgers that could be anybody's, made by the book's own rules without a database, and the proof files of them. */
import { hash as digest } from 'node:crypto'
import { isPositive, least, type Money, money, zero } from '@/lib/core/money'
import { AccountBook } from '@/lib/domain/ledger'
import type { CreditingKind } from '@/lib/domain/ledger/rules'
import {
  chainText,
  endLine,
  Fingerprint,
  headerLine,
  headLine,
  leftLine,
  noHash,
  type ProofGrant,
  type ProofTransfer,
  transferLine,
} from '@/lib/domain/statement'

/** A small generator of numbers, the same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39) >>> 0
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296) * below)
  }
}

/** The ledger as it would be if its first `older` transfers had been posted when hashes said nothing of grants and draws. */
export function withOlderForm(ledger: RandomLedger, older: number): RandomLedger {
  let hash = noHash
  const transfers = ledger.transfers.map((transfer, index) => {
    const { form: _, ...before } = transfer
    const { expires: __, ...grant } = transfer.grant ?? {}
    const posted = index < older ? { ...before, grant: transfer.grant && (grant as ProofGrant) } : { ...transfer }
    hash = digest('sha256', chainText(ledger.accountId, hash, posted), 'hex')
    return { ...posted, hash }
  })
  return { ...ledger, transfers }
}

export interface RandomLedger {
  accountId: string
  transfers: ProofTransfer[]
  grants: { grantId: string; left: string; expires: string | null }[]
  balance: string
}

const sources = {
  signup_credit: 'signup',
  purchase: 'purchase',
  auto_top_up: 'auto_top_up',
  promotion: 'promotion',
  invoice_payment: 'invoice_payment',
} as const

const [invoicesFromSeed, invoicesToSeed] = [20, 41]

/** A history of `steps` movements of every kind: credit, usage (also beyond it), refunds, disputes and what undoes them, expiry. */
export function aRandomLedger(seed: number, steps: number): RandomLedger {
  const random = randomOf(seed)
  const newId = () => {
    const hex = Array.from({ length: 32 }, () => random(16).toString(16)).join('')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
  }
  const accountId = newId()
  const usd = 'usd'
  const book = new AccountBook(accountId, zero(usd), zero(usd), 0n, noHash, [])
  const taken: {
    kind: 'refund' | 'dispute_lost' | 'dispute_frozen' | 'promotion_returned'
    id: string
    grantId: string
    amount: Money
  }[] = []
  let ms = Date.parse('2026-01-01T00:00:00.000Z')
  const some = (most: bigint): Money => money(1n + (BigInt(random(1_000_000_000)) * most) / 1_000_000_000n, usd)
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)]!

  for (let step = 0; step < steps; step++) {
    ms += random(3_600_000) - (random(20) === 0 ? 3000 : 0)
    const at = new Date(ms)
    const next = book.head.seq + 1n
    const choice = random(100)
    if (book.head.seq === 0n || choice < 20) {
      const kind: CreditingKind = pick([
        'purchase',
        'auto_top_up',
        'promotion',
        // Histories that are kept as examples stay as they are.
        seed >= invoicesFromSeed && seed < invoicesToSeed ? 'invoice_payment' : 'purchase',
      ])
      const expiresAt = random(3) === 0 ? new Date(ms + random(200) * 3_600_000) : null
      book.credit(
        step === 0 ? 'signup_credit' : kind,
        `${step === 0 ? 'signup' : 'purchase'}:${newId()}`,
        {
          grantId: newId(),
          source: sources[step === 0 ? 'signup_credit' : kind],
          amount: some(50_000_000_000n),
          expiresAt,
          priority: pick([100, 100, 50, 200]),
        },
        at,
      )
    } else if (choice < 75) {
      const model = pick(['gpt-oss-20b', 'kimi-k2p7-code', 'a"quoted\\model', 'model,with;signs%=+'])
      book.charge(`usage:${next}/${model}`, some(random(10) === 0 ? 80_000_000_000n : 4_000_000_000n), at)
    } else if (choice < 85) {
      const grant = pick(book.openGrants)
      const kind = pick(['refund', 'dispute_lost', 'dispute_frozen', 'promotion_returned'] as const)
      const amount = kind === 'dispute_frozen' ? grant.remaining : least(grant.amount, some(grant.amount.nanos))
      if (!isPositive(amount)) continue
      const id = newId()
      book.takeBack(kind, `${kind.split('_')[0]}:${id}/1`, { grantId: grant.grantId, amount }, at)
      taken.push({ kind, id, grantId: grant.grantId, amount })
    } else if (choice < 92) {
      const claim = taken.pop()
      if (!claim) continue
      const kind = {
        refund: 'refund_reversed',
        dispute_lost: 'dispute_won_back',
        dispute_frozen: 'dispute_released',
        promotion_returned: 'promotion',
      } as const
      const word = claim.kind.split('_')[0]
      const { grantId, amount } = claim
      book.giveBack(kind[claim.kind], `${word}:${claim.id}/2`, { grantId, amount }, at)
    } else {
      book.expireDue(at)
    }
  }
  return {
    accountId,
    transfers: book.newTransfers.map((t) => {
      const grant = book.newGrants.find(({ transferSeq }) => transferSeq === t.seq)
      return {
        form: 2,
        seq: Number(t.seq),
        kind: t.kind,
        cause: t.cause,
        from: t.fromBucket,
        to: t.toBucket,
        amount: t.amount.nanos.toString(),
        currency: usd,
        balance: t.balanceAfter.nanos.toString(),
        at: t.postedAt.toISOString(),
        hash: t.hash,
        grant: grant
          ? {
              id: grant.grantId,
              source: grant.source,
              amount: grant.amount.nanos.toString(),
              currency: usd,
              priority: grant.priority,
              granted: grant.grantedAt.toISOString(),
              expires: grant.expiresAt?.toISOString() ?? null,
            }
          : null,
        draws: book.newDraws
          .filter(({ transferSeq }) => transferSeq === t.seq)
          .map(({ grantId, amount }) => ({ grant: grantId, amount: amount.nanos.toString() }))
          .sort((a, b) => (a.grant < b.grant ? -1 : 1)),
      }
    }),
    grants: book.newGrants.map(({ grantId, remaining, expiresAt }) => ({
      grantId,
      left: remaining.nanos.toString(),
      expires: expiresAt?.toISOString() ?? null,
    })),
    balance: book.balance.nanos.toString(),
  }
}

/** The proof file of a ledger. */
export async function proofOf({ accountId, transfers, grants, balance }: RandomLedger): Promise<string> {
  const sum = (isIn: boolean) =>
    transfers.filter(({ to }) => (to === 'credit') === isIn).reduce((total, { amount }) => total + BigInt(amount), 0n)
  const lines = [
    headerLine(accountId, 'usd'),
    ...transfers.map(transferLine),
    ...grants.map(({ grantId, left, expires }) => leftLine(grantId, left, expires)),
    headLine({
      seq: transfers.length,
      hash: transfers.at(-1)?.hash ?? noHash,
      balance,
      grants: grants.length,
      draws: transfers.reduce((total, { draws }) => total + draws.length, 0),
      in: sum(true).toString(),
      out: sum(false).toString(),
      made: '2026-12-01T00:00:00.000Z',
    }),
  ]
  const fingerprint = new Fingerprint()
  for (const line of lines) await fingerprint.add(line)
  return `${[...lines, endLine(await fingerprint.end())].join('\n')}\n`
}

/** A text as a file that arrives in parts. */
export async function* inParts(text: string | Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The ledger as it was after its first transfers: what an earlier file told of. */
export function asItWas(ledger: RandomLedger, transfers: number): RandomLedger {
  const kept = ledger.transfers.slice(0, transfers)
  const left = new Map<string, bigint>()
  for (const { grant, draws } of kept) {
    if (grant) left.set(grant.id, BigInt(grant.amount))
    for (const { grant: id, amount } of draws) left.set(id, left.get(id)! - BigInt(amount))
  }
  return {
    accountId: ledger.accountId,
    transfers: kept,
    grants: ledger.grants
      .filter(({ grantId }) => left.has(grantId))
      .map((grant) => ({ ...grant, left: left.get(grant.grantId)!.toString() })),
    balance: kept.at(-1)?.balance ?? '0',
  }
}
