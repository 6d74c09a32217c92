/**
 * The proof file: how its lines are written, and how they are checked. docs/proof.md describes it byte for byte. This file
 * imports nothing, so that the browser's worker, the tests and the server check with the same few lines; what it knows of
 * kinds and buckets is said here once more, and a test compares it with the ledger.
 */

export type Bucket = 'credit' | 'payments' | 'promotions' | 'revenue' | 'disputed' | 'expired'

/** From bucket, to bucket. `credit` is the customer's own. */
export const proofKinds: Record<string, readonly [from: Bucket, to: Bucket]> = {
  signup_credit: ['promotions', 'credit'],
  purchase: ['payments', 'credit'],
  auto_top_up: ['payments', 'credit'],
  invoice_payment: ['payments', 'credit'],
  usage: ['credit', 'revenue'],
  promotion: ['promotions', 'credit'],
  promotion_returned: ['credit', 'promotions'],
  signup_credit_returned: ['credit', 'promotions'],
  refund: ['credit', 'payments'],
  refund_reversed: ['payments', 'credit'],
  dispute_frozen: ['credit', 'disputed'],
  dispute_released: ['disputed', 'credit'],
  dispute_lost: ['credit', 'payments'],
  dispute_won_back: ['payments', 'credit'],
  expiry: ['credit', 'expired'],
}

/** Kinds that bring a grant, and what it says of where it came from. A promotion may also be one that is given back. */
export const grantSourceOf: Record<string, string> = {
  signup_credit: 'signup',
  purchase: 'purchase',
  auto_top_up: 'auto_top_up',
  promotion: 'promotion',
  invoice_payment: 'invoice_payment',
}

export interface ProofGrant {
  id: string
  source: string
  /** Nanos, as all amounts of the file. */
  amount: string
  currency: string
  priority: number
  granted: string
  /** When it was to expire as it came; null: never. Absent in transfers of form 1. */
  expires?: string | null
}

export interface ProofDraw {
  grant: string
  /** Below zero: credit that went back to the grant. */
  amount: string
}

export interface ProofTransfer {
  /** What the hash takes in: absent, the movement alone; 2: with the grant that it brought, and its draws. */
  form?: 2
  seq: number
  kind: string
  cause: string
  from: string
  to: string
  amount: string
  currency: string
  balance: string
  at: string
  hash: string
  grant: ProofGrant | null
  draws: ProofDraw[]
}

export interface ProofHead {
  seq: number
  hash: string
  balance: string
  grants: number
  draws: number
  in: string
  out: string
  made: string
}

export const noHash = '0'.repeat(64)

/** Lines of one step of the fingerprint. */
export const fingerprintLines = 1000

export const headerLine = (account: string, currency: string): string =>
  JSON.stringify({ type: 'purse.proof', version: 1, account, currency })

export const transferLine = (t: ProofTransfer): string =>
  JSON.stringify({
    type: 'transfer',
    form: t.form,
    seq: t.seq,
    kind: t.kind,
    cause: t.cause,
    from: t.from,
    to: t.to,
    amount: t.amount,
    currency: t.currency,
    balance: t.balance,
    at: t.at,
    hash: t.hash,
    grant: t.grant && {
      id: t.grant.id,
      source: t.grant.source,
      amount: t.grant.amount,
      currency: t.grant.currency,
      priority: t.grant.priority,
      granted: t.grant.granted,
      expires: t.form === 2 ? t.grant.expires : undefined,
    },
    draws: t.draws.map(({ grant, amount }) => ({ grant, amount })),
  })

export const leftLine = (grant: string, left: string, expires: string | null): string =>
  JSON.stringify({ type: 'left', grant, left, expires })

export const headLine = (h: ProofHead): string =>
  JSON.stringify({
    type: 'head',
    seq: h.seq,
    hash: h.hash,
    balance: h.balance,
    grants: h.grants,
    draws: h.draws,
    in: h.in,
    out: h.out,
    made: h.made,
  })

export const endLine = (fingerprint: string): string => JSON.stringify({ type: 'end', fingerprint })

/** The text whose SHA-256 is the transfer's hash. */
export function chainText(account: string, previousHash: string, t: ProofTransfer): string {
  const movement = `${previousHash}\n${account}\n${t.seq}\n${t.kind}\n${t.cause}\n${t.from}\n${t.to}\n${t.amount}\n${t.currency}\n${t.balance}\n${t.at}`
  if (t.form !== 2) return `purse.transfer.v1\n${movement}`
  const g = t.grant
  const grant = g
    ? `\ngrant ${g.id} ${g.source} ${g.amount} ${g.currency} ${g.priority} ${g.granted} ${g.expires ?? 'never'}`
    : ''
  return `purse.transfer.v2\n${movement}${grant}${t.draws.map((draw) => `\ndraw ${draw.grant} ${draw.amount}`).join('')}`
}

const encoder = new TextEncoder()

/** SHA-256 (UTF-8) in hexadecimal, by Web Crypto: the same in browsers and in Node. */
export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** Adds lines to a fingerprint: one step for each thousand lines, and one for those that are left at the end. */
export class Fingerprint {
  private value = noHash
  private waiting: string[] = []

  async add(line: string): Promise<void> {
    this.waiting.push(line)
    if (this.waiting.length === fingerprintLines) await this.step()
  }

  private async step(): Promise<void> {
    this.value = await sha256(`${this.value}\n${this.waiting.join('\n')}\n`)
    this.waiting = []
  }

  async end(): Promise<string> {
    if (this.waiting.length > 0) await this.step()
    return this.value
  }
}

/**
 * malformed: not JSON, or a field that is no id, number, time …
 * not_canonical: the same meaning, written otherwise than the one way in which it may be.
 * misplaced: a line that may not stand here. truncated: the end is missing. after_end: something follows it.
 * differs: a field that is not what the lines before it make it. hash: the line does not fit its hash.
 * unknown_kind, unknown_grant, repeated_cause, repeated_grant: as they say. draw_sign: a draw in the wrong direction.
 * burn_order: usage took credit whose turn it was not.
 * draws_total: grants and balance part ways here. overdrawn, overfull: a grant below zero, or above its amount.
 * fingerprint: some byte of the file was changed. shown: not what the page showed. remembered: not the history that was
 * verified before. earlier: not the line of the earlier file.
 */
export type ProblemCode =
  | 'malformed'
  | 'not_canonical'
  | 'misplaced'
  | 'truncated'
  | 'after_end'
  | 'differs'
  | 'hash'
  | 'unknown_kind'
  | 'unknown_grant'
  | 'repeated_cause'
  | 'repeated_grant'
  | 'draw_sign'
  | 'draws_total'
  | 'burn_order'
  | 'overdrawn'
  | 'overfull'
  | 'fingerprint'
  | 'shown'
  | 'remembered'
  | 'earlier'

export interface ProofProblem {
  /** The first line of the file is 1. */
  line: number
  /** The transfer's number, when the line is of one. */
  seq: number | null
  field: string
  code: ProblemCode
  expected: string
  found: string
}

/** What a page showed of the books. Amounts in nanos; grants that are not named have nothing left. */
export interface ShownBook {
  seq: number
  hash: string
  balance: string
  grants: { grant: string; left: string }[]
}

export interface ProofReport {
  problems: ProofProblem[]
  /** All of them; `problems` holds the first hundred. */
  problemCount: number
  account: string | null
  currency: string | null
  head: ProofHead | null
  lines: number
  bytes: number
  transfers: number
  grants: number
  draws: number
  /** Transfers whose hash says nothing of grants and draws: of form 1. */
  olderForm: number
  /** Grants whose expiry was brought forward after they came: the order around them is not checked. */
  endedEarly: number
  kinds: Record<string, number>
  /** Transfers whose time is before that of the one before them: allowed, for the number is the order. */
  timesBack: number
  shown: 'agrees' | 'differs' | 'not_compared'
  remembered: 'same' | 'differs' | 'not_compared'
  /** Lines that are those of the earlier file; null when there was none. */
  earlierLines: number | null
}

export interface VerifyOptions {
  shown?: ShownBook | undefined
  /** The head of an earlier verification. */
  remembered?: { seq: number; hash: string } | undefined
  /** An earlier proof file of the same account: but for its closing lines it must be the beginning of this one. */
  earlier?: AsyncIterable<Uint8Array> | undefined
  onProgress?: ((progress: { transfers: number; bytes: number }) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Checks a proof file as it streams in: the form of each line, numbers without a gap, bucket pairs, running balances, the hash
 * chain, each grant's remainder and turn, the closing figures and the fingerprint. Stops at a line that cannot be read, for nothing
 * after it would mean anything. Memory does not grow with the history, but for its grants and causes.
 */
export async function verifyProof(
  source: AsyncIterable<Uint8Array>,
  options: VerifyOptions = {},
): Promise<ProofReport> {
  const verifier = new Verifier(options)
  return verifier.run(source)
}

const mostProblems = 100

type Fields = Record<string, (value: unknown) => boolean>

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const isId = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
const isCurrency = matches(/^[a-z]{3}$/)
const isHash = matches(/^[0-9a-f]{64}$/)
const isNanos = matches(/^(0|-?[1-9][0-9]{0,27})$/)
const isPositiveNanos = matches(/^[1-9][0-9]{0,27}$/)
const isWord = matches(/^[a-z_]{1,40}$/)
const isInstant = (value: unknown) =>
  typeof value === 'string' &&
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/.test(value) &&
  isRealInstant(value)

function isRealInstant(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text
}

const shapes: Record<string, Fields> = {
  'purse.proof': { version: (value) => value === 1, account: isId, currency: isCurrency },
  transfer: {
    form: (value) => value === undefined || value === 2,
    seq: (value) => isCount(value) && (value as number) > 0,
    kind: isWord,
    cause: matches(/^[a-z_]+:[!-~]+$/),
    from: isWord,
    to: isWord,
    amount: isPositiveNanos,
    currency: isCurrency,
    balance: isNanos,
    at: isInstant,
    hash: isHash,
    grant: (value) => value === null || isObject(value),
    draws: Array.isArray,
  },
  left: { grant: isId, left: isNanos, expires: (value) => value === null || isInstant(value) },
  head: {
    seq: isCount,
    hash: isHash,
    balance: isNanos,
    grants: isCount,
    draws: isCount,
    in: isNanos,
    out: isNanos,
    made: isInstant,
  },
  end: { fingerprint: isHash },
}

const grantShape: Fields = {
  id: isId,
  source: isWord,
  amount: isPositiveNanos,
  currency: isCurrency,
  priority: Number.isSafeInteger,
  granted: isInstant,
}

/** Since form 2. */
const expiryShape: Fields = { expires: (value) => value === null || isInstant(value) }

const drawShape: Fields = { grant: isId, amount: (value) => isNanos(value) && value !== '0' }

/** What a table says of a word that somebody else wrote: "constructor" is in none. */
const own = <Value>(table: Record<string, Value>, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Line = Record<string, unknown> & { type: string }

/** Thrown where a line cannot be read: nothing after it is checked. */
class Unreadable extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly field: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(code)
  }
}

const malformed = (field: string, found: unknown) =>
  new Unreadable('malformed', field, '', found === undefined ? '' : shorten(asText(found)))

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

/** Reads a line: an object of a known type, its fields as they must be, in the one way in which it may be written. */
function readLine(text: string): Line {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('line', text)
  }
  if (!isObject(value)) throw malformed('line', text)
  const shape = typeof value.type === 'string' ? own(shapes, value.type) : undefined
  if (!shape) throw malformed('type', value.type)
  checkFields(value, shape, '')
  if (value.type === 'transfer') {
    if (value.grant)
      checkFields(value.grant, value.form === 2 ? { ...grantShape, ...expiryShape } : grantShape, 'grant.')
    for (const draw of value.draws as unknown[]) checkFields(draw, drawShape, 'draws.')
  }
  const canonical = canonicalText(value as Line)
  if (canonical !== text) throw new Unreadable('not_canonical', 'line', shorten(canonical), shorten(text))
  return value as Line
}

function checkFields(value: unknown, fields: Fields, prefix: string): void {
  if (!isObject(value)) throw malformed(prefix.slice(0, -1), value)
  for (const [name, isRight] of Object.entries(fields)) {
    if (!isRight(value[name])) throw malformed(prefix + name, value[name])
  }
}

function canonicalText(line: Line): string {
  if (line.type === 'transfer') return transferLine(line as unknown as ProofTransfer)
  const fields = Object.keys(shapes[line.type]!)
  return JSON.stringify(Object.fromEntries([['type', line.type], ...fields.map((name) => [name, line[name]])]))
}

interface GrantState {
  id: string
  amount: bigint
  left: bigint
  isClosed: boolean
  /** What the order looks at; null of a grant of form 1, of which the expiry it came with is not known. */
  turn: Turn | null
  isEndedEarly: boolean
}

type QueuedGrant = GrantState & { turn: Turn }

const hasTurn = (grant: GrantState): grant is QueuedGrant => grant.turn !== null

/** Priority, expiry, given before paid, since when, id: the first that differ decide who burns first. */
type Turn = readonly [priority: number, expires: string, isPaid: number, granted: string, id: string]

const paidSources = ['purchase', 'auto_top_up', 'invoice_payment']

const turnOf = ({ id, source, priority, granted, expires }: ProofGrant): Turn => [
  priority,
  // After every time there is.
  expires ?? 'never',
  paidSources.includes(source) ? 1 : 0,
  granted,
  id,
]

function isBefore(a: Turn, b: Turn): boolean {
  const at = a.findIndex((value, index) => value !== b[index])
  return at >= 0 && a[at]! < b[at]!
}

/** Usage that took from `taken` though `passed` was before it and had something left. */
interface Passing {
  taken: GrantState
  passed: GrantState
  at: { line: number; seq: number }
}

interface ChainCheck {
  line: number
  seq: number
  text: string
  hash: string
}

class Verifier {
  private readonly problems: ProofProblem[] = []
  private problemCount = 0
  private account: string | null = null
  private currency: string | null = null
  private head: ProofHead | null = null
  private isEnded = false
  private lineCount = 0
  private bytes = 0

  private seq = 0
  private balance = 0n
  private hash = noHash
  private lastAt = ''
  private timesBack = 0
  private drawCount = 0
  private leftTotal = 0n
  private gap = 0n
  private totalIn = 0n
  private totalOut = 0n
  private readonly kinds = new Map<string, number>()
  private readonly grants = new Map<string, GrantState>()
  private olderForm = 0
  /** Grants that have something left, first to burn first; and usage that seems to have passed one: the first of each two. */
  private readonly queue: QueuedGrant[] = []
  private readonly passings = new Map<string, Passing>()
  private readonly causes = new Set<string>()
  private leftLines: Iterator<string> | null = null

  private shownState: ProofReport['shown'] = 'not_compared'
  private rememberedState: ProofReport['remembered'] = 'not_compared'
  private earlierLines: number | null = null
  private earlier: AsyncIterator<string> | null = null

  private readonly fingerprint = new Fingerprint()
  private chain: ChainCheck[] = []

  constructor(private readonly options: VerifyOptions) {
    if (options.earlier) {
      this.earlier = linesOf(options.earlier)[Symbol.asyncIterator]()
      this.earlierLines = 0
    }
  }

  async run(source: AsyncIterable<Uint8Array>): Promise<ProofReport> {
    this.compareMarks()
    try {
      for await (const line of linesOf(source, (bytes) => this.took(bytes))) {
        this.lineCount += 1
        await this.take(line)
      }
      await this.checkChain()
      if (!this.isEnded) throw new Unreadable('truncated', 'line', '', '')
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      await this.checkChain()
      this.report(error.code, error.field, error.expected, error.found, {
        line: Math.max(1, this.lineCount),
        seq: null,
      })
    }
    this.compareRest()
    return this.result()
  }

  private took(bytes: number): void {
    this.options.signal?.throwIfAborted()
    this.bytes += bytes
  }

  private report(
    code: ProblemCode,
    field: string,
    expected: string | number | bigint,
    found: string | number | bigint,
    at: { line: number; seq: number | null } = { line: this.lineCount, seq: null },
  ): void {
    this.problemCount += 1
    if (this.problems.length < mostProblems) {
      this.problems.push({ ...at, code, field, expected: String(expected), found: String(found) })
    }
  }

  private async take(text: string): Promise<void> {
    if (this.isEnded) throw new Unreadable('after_end', 'line', '', shorten(text))
    if (this.earlier) await this.compareEarlier(text)
    const line = readLine(text)
    const isFirst = this.lineCount === 1
    if (isFirst !== (line.type === 'purse.proof')) throw new Unreadable('misplaced', 'type', '', line.type)
    if (line.type === 'end') {
      if (!this.head) throw new Unreadable('misplaced', 'type', '', line.type)
      const expected = await this.fingerprint.end()
      if (line.fingerprint !== expected) this.report('fingerprint', 'fingerprint', expected, String(line.fingerprint))
      this.isEnded = true
      return
    }
    await this.fingerprint.add(text)
    if (this.head) throw new Unreadable('misplaced', 'type', '', line.type)
    if (line.type === 'purse.proof') {
      this.account = line.account as string
      this.currency = line.currency as string
    } else if (line.type === 'transfer') {
      if (this.leftLines) throw new Unreadable('misplaced', 'type', '', line.type)
      this.takeTransfer(line as unknown as ProofTransfer)
      if (this.chain.length >= fingerprintLines) await this.checkChain()
    } else if (line.type === 'left') {
      this.takeLeft(line as unknown as { grant: string; left: string; expires: string | null })
    } else {
      this.takeHead(line as unknown as ProofHead)
    }
  }

  private takeTransfer(t: ProofTransfer): void {
    const at = { line: this.lineCount, seq: t.seq }
    const differs = (field: string, expected: string | number | bigint, found: string | number | bigint) => {
      if (String(expected) !== String(found)) this.report('differs', field, expected, found, at)
    }
    differs('seq', this.seq + 1, t.seq)
    differs('currency', this.currency ?? '', t.currency)
    const pair = own(proofKinds, t.kind)
    if (pair) {
      differs('from', pair[0], t.from)
      differs('to', pair[1], t.to)
    } else this.report('unknown_kind', 'kind', '', t.kind, at)

    const amount = BigInt(t.amount)
    const isIn = (pair?.[1] ?? t.to) === 'credit'
    differs('balance', isIn ? this.balance + amount : this.balance - amount, t.balance)
    this.checkCause(t, at)

    this.chain.push({ ...at, text: chainText(this.account ?? '', this.hash, t), hash: t.hash })
    if (t.at < this.lastAt) this.timesBack += 1
    if (isIn) this.totalIn += amount
    else this.totalOut += amount
    this.kinds.set(t.kind, (this.kinds.get(t.kind) ?? 0) + 1)
    if (t.form !== 2) this.olderForm += 1
    this.seq = t.seq
    this.balance = BigInt(t.balance)
    this.hash = t.hash
    this.lastAt = t.at

    this.checkGrant(t, at, differs)
    this.checkDraws(t, isIn, at)
    this.compareMarks()
  }

  /** Usage carries its own number (older forms name a hold or a batch); every other cause is posted once. */
  private checkCause({ kind, cause, seq }: ProofTransfer, at: { line: number; seq: number }): void {
    if (kind === 'usage') {
      const isOlder = /^(expired_hold|usage_batch|hold):/.test(cause)
      if (!isOlder && !cause.startsWith(`usage:${seq}/`)) this.report('differs', 'cause', `usage:${seq}/…`, cause, at)
      return
    }
    const key = `${kind} ${cause}`
    if (this.causes.has(key)) this.report('repeated_cause', 'cause', '', cause, at)
    this.causes.add(key)
  }

  private checkGrant(
    t: ProofTransfer,
    at: { line: number; seq: number },
    differs: (field: string, expected: string, found: string) => void,
  ): void {
    const source = own(grantSourceOf, t.kind)
    const isOptional = t.kind === 'promotion'
    if (!t.grant) {
      if (source && !isOptional) this.report('differs', 'grant', source, 'null', at)
      return
    }
    const { id, amount, currency, granted } = t.grant
    differs('grant.source', source ?? 'null', t.grant.source)
    differs('grant.amount', t.amount, amount)
    differs('grant.currency', t.currency, currency)
    differs('grant.granted', t.at, granted)
    if (this.grants.has(id)) {
      this.report('repeated_grant', 'grant.id', '', id, at)
      return
    }
    const state: GrantState = {
      id,
      amount: BigInt(amount),
      left: BigInt(amount),
      isClosed: false,
      turn: t.form === 2 ? turnOf(t.grant) : null,
      isEndedEarly: false,
    }
    this.grants.set(id, state)
    this.queueOrLeave(state)
    this.leftTotal += BigInt(amount)
  }

  /** What grants have left is the balance, or nothing while it is a debt: so it must be after every transfer. */
  private checkDraws(t: ProofTransfer, isIn: boolean, at: { line: number; seq: number }): void {
    let previous = ''
    let total = 0n
    for (const { grant: id, amount } of t.draws) {
      if (id <= previous) this.report('misplaced', 'draws.grant', '', id, at)
      previous = id
      this.drawCount += 1
      const drawn = BigInt(amount)
      total += drawn
      if (drawn > 0n === (isIn && !t.grant)) this.report('draw_sign', 'draws.amount', '', amount, at)
      const grant = this.grants.get(id)
      if (!grant || (t.grant && id !== t.grant.id)) {
        this.report('unknown_grant', 'draws.grant', '', id, at)
        if (!grant) continue
      }
      grant.left -= drawn
      this.leftTotal -= drawn
      if (grant.left < 0n) this.report('overdrawn', 'draws.amount', '0', grant.left, at)
      if (grant.left > grant.amount) this.report('overfull', 'draws.amount', grant.amount, grant.left, at)
      this.queueOrLeave(grant)
    }
    if (t.kind === 'usage' && t.form === 2) this.checkTurns(t, at)
    const gap = this.leftTotal - (this.balance > 0n ? this.balance : 0n)
    if (gap !== this.gap) this.report('draws_total', 'draws', total + gap - this.gap, total, at)
    this.gap = gap
  }

  /** Credit burns in order: what usage leaves of a grant leaves those behind it whole. Told at the end, when it is known whose expiry was moved. */
  private checkTurns(t: ProofTransfer, at: { line: number; seq: number }): void {
    for (const { grant: id } of t.draws) {
      const taken = this.grants.get(id)
      if (!taken || !hasTurn(taken)) continue
      for (const passed of this.queue) {
        if (!isBefore(passed.turn, taken.turn)) break
        const key = `${passed.id} ${taken.id}`
        if (!this.passings.has(key)) this.passings.set(key, { taken, passed, at })
      }
    }
  }

  private queueOrLeave(grant: GrantState): void {
    if (!hasTurn(grant)) return
    let [low, high] = [0, this.queue.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(this.queue[middle]!.turn, grant.turn)) low = middle + 1
      else high = middle
    }
    const isQueued = this.queue[low] === grant
    if (grant.left > 0n && !isQueued) this.queue.splice(low, 0, grant)
    if (grant.left <= 0n && isQueued) this.queue.splice(low, 1)
  }

  private takeLeft({ grant: id, left, expires }: { grant: string; left: string; expires: string | null }): void {
    this.leftLines ??= this.grants.keys()
    const next = this.leftLines.next()
    if (next.done) {
      this.report('unknown_grant', 'grant', '', id)
      return
    }
    if (next.value !== id) this.report('differs', 'grant', next.value, id)
    const grant = this.grants.get(id)
    if (!grant) return
    grant.isClosed = true
    if (grant.left !== BigInt(left)) this.report('differs', 'left', grant.left, left)
    const first = grant.turn?.[1]
    if (first === undefined || first === (expires ?? 'never')) return
    // An expiry is brought forward, or stays.
    if ((expires ?? 'never') > first) this.report('differs', 'expires', first, expires ?? 'never')
    grant.isEndedEarly = true
  }

  private takeHead(head: ProofHead): void {
    const facts: [keyof ProofHead, string | number | bigint][] = [
      ['seq', this.seq],
      ['hash', this.hash],
      ['balance', this.balance],
      ['grants', this.grants.size],
      ['draws', this.drawCount],
      ['in', this.totalIn],
      ['out', this.totalOut],
    ]
    for (const [field, expected] of facts) {
      if (String(head[field]) !== String(expected)) this.report('differs', field, expected, head[field])
    }
    for (const [id, { isClosed, left }] of this.grants) {
      if (!isClosed) this.report('differs', 'left', `${id} ${left}`, 'null')
    }
    for (const { taken, passed, at } of this.passings.values()) {
      const isKnown = !taken.isEndedEarly && !passed.isEndedEarly
      if (isKnown) this.report('burn_order', 'draws.grant', passed.id, taken.id, at)
    }
    this.head = head
  }

  private async checkChain(): Promise<void> {
    const checks = this.chain
    this.chain = []
    const hashes = await Promise.all(checks.map(({ text }) => sha256(text)))
    for (const [index, { line, seq, hash }] of checks.entries()) {
      if (hashes[index] !== hash) this.report('hash', 'hash', hashes[index]!, hash, { line, seq })
    }
    this.options.onProgress?.({ transfers: this.seq, bytes: this.bytes })
  }

  /** Compares with what the page showed, and with what was verified before, when the transfer that they name has just been read. */
  private compareMarks(): void {
    const { shown, remembered } = this.options
    const at = { line: Math.max(1, this.lineCount), seq: this.seq || null }
    if (shown && shown.seq === this.seq) {
      const before = this.problemCount
      const different = (field: string, expected: string, found: string | bigint) => {
        if (expected !== String(found)) this.report('shown', field, expected, found, at)
      }
      different('hash', shown.hash, this.hash)
      different('balance', shown.balance, this.balance)
      const left = new Map(shown.grants.map((grant) => [grant.grant, grant.left]))
      for (const [id, grant] of this.grants) different(`left ${id}`, left.get(id) ?? '0', grant.left)
      for (const [id, amount] of left) if (!this.grants.has(id)) different(`left ${id}`, amount, 'null')
      this.shownState = this.problemCount > before ? 'differs' : 'agrees'
    }
    if (remembered && remembered.seq === this.seq) {
      this.rememberedState = remembered.hash === this.hash ? 'same' : 'differs'
      if (this.rememberedState === 'differs') this.report('remembered', 'hash', remembered.hash, this.hash, at)
    }
  }

  /** A file that ends before what the page showed, or before what was verified earlier, has lost something. */
  private compareRest(): void {
    const { shown, remembered } = this.options
    const isRead = this.isEnded
    if (shown && this.shownState === 'not_compared' && isRead) {
      this.shownState = 'differs'
      this.report('shown', 'seq', shown.seq, this.seq)
    }
    if (remembered && this.rememberedState === 'not_compared' && isRead) {
      this.rememberedState = 'differs'
      this.report('remembered', 'seq', remembered.seq, this.seq)
    }
  }

  private async compareEarlier(text: string): Promise<void> {
    const next = await this.earlier!.next()
    if (next.done || isClosing(next.value)) {
      this.earlier = null
    } else if (next.value === text) {
      this.earlierLines! += 1
    } else {
      this.earlier = null
      this.report('earlier', 'line', shorten(next.value), shorten(text))
    }
  }

  private result(): ProofReport {
    return {
      problems: this.problems.sort((a, b) => a.line - b.line),
      problemCount: this.problemCount,
      account: this.account,
      currency: this.currency,
      head: this.head,
      lines: this.lineCount,
      bytes: this.bytes,
      transfers: [...this.kinds.values()].reduce((total, count) => total + count, 0),
      grants: this.grants.size,
      draws: this.drawCount,
      olderForm: this.olderForm,
      endedEarly: [...this.grants.values()].filter(({ isEndedEarly }) => isEndedEarly).length,
      kinds: Object.fromEntries(this.kinds),
      timesBack: this.timesBack,
      shown: this.shownState,
      remembered: this.rememberedState,
      earlierLines: this.earlierLines,
    }
  }
}

const isClosing = (text: string): boolean => text.startsWith('{"type":"left"') || text.startsWith('{"type":"head"')

/** Longer than any line that we write: a file without line ends must not fill the memory. */
const longestLine = 16_000_000

/** Lines that end with a line feed. No field allows a character beyond ASCII, so bytes that are no UTF-8 are found there. */
async function* linesOf(source: AsyncIterable<Uint8Array>, onBytes?: (bytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest = ''
  for await (const chunk of source) {
    onBytes?.(chunk.byteLength)
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    if (rest.length > longestLine) throw malformed('line', rest)
    yield* lines
  }
  rest += decoder.decode()
  if (rest !== '') throw new Unreadable('truncated', 'line', '', shorten(rest))
}
