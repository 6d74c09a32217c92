#!/usr/bin/env node
// A second implementation of the proof format (docs/proof.md), written from its description alone: it shares no code with
// the product, so that each can find what the other gets wrong. Plain JavaScript, Node's own modules, no network.
import { createHash } from 'node:crypto'
import { createReadStream, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LINE_FEED = 10
const ZERO_HASH = '0'.repeat(64)
const FINGERPRINT_STEP = 1000

// Each kind: which bucket gives, which takes, and what the grant that it brings says of its source (null: it brings none;
// a promotion may bring one, or be one that is given back).
const KINDS = new Map([
  ['signup_credit', { gives: 'promotions', takes: 'credit', source: 'signup', mustBring: true }],
  ['purchase', { gives: 'payments', takes: 'credit', source: 'purchase', mustBring: true }],
  ['auto_top_up', { gives: 'payments', takes: 'credit', source: 'auto_top_up', mustBring: true }],
  ['invoice_payment', { gives: 'payments', takes: 'credit', source: 'invoice_payment', mustBring: true }],
  ['promotion', { gives: 'promotions', takes: 'credit', source: 'promotion', mustBring: false }],
  ['usage', { gives: 'credit', takes: 'revenue', source: null }],
  ['promotion_returned', { gives: 'credit', takes: 'promotions', source: null }],
  ['signup_credit_returned', { gives: 'credit', takes: 'promotions', source: null }],
  ['refund', { gives: 'credit', takes: 'payments', source: null }],
  ['refund_reversed', { gives: 'payments', takes: 'credit', source: null }],
  ['dispute_frozen', { gives: 'credit', takes: 'disputed', source: null }],
  ['dispute_released', { gives: 'disputed', takes: 'credit', source: null }],
  ['dispute_lost', { gives: 'credit', takes: 'payments', source: null }],
  ['dispute_won_back', { gives: 'payments', takes: 'credit', source: null }],
  ['expiry', { gives: 'credit', takes: 'expired', source: null }],
])

// --- The forms that values may have -----------------------------------------------------------------------------------

const text = (pattern) => (v) => typeof v === 'string' && pattern.test(v)
const uuid = text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const currency = text(/^[a-z]{3}$/)
const sha = text(/^[0-9a-f]{64}$/)
const nanos = text(/^(?:0|-?[1-9]\d{0,27})$/)
const positive = text(/^[1-9]\d{0,27}$/)
const word = text(/^[a-z_]{1,40}$/)
const cause = text(/^[a-z_]+:[!-~]+$/)
const whole = (v) => Number.isSafeInteger(v)
const count = (v) => whole(v) && v >= 0

function instant(v) {
  if (typeof v !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(v)) return false
  const date = new Date(v)
  return !Number.isNaN(date.getTime()) && date.toISOString() === v
}

const orNull = (form) => (v) => v === null || form(v)

/** Names and forms of the members of each line, in the order in which they are written. */
const LINES = {
  'purse.proof': [
    ['version', (v) => v === 1],
    ['account', uuid],
    ['currency', currency],
  ],
  transfer: [
    ['seq', (v) => count(v) && v > 0],
    ['kind', word],
    ['cause', cause],
    ['from', word],
    ['to', word],
    ['amount', positive],
    ['currency', currency],
    ['balance', nanos],
    ['at', instant],
    ['hash', sha],
    ['grant', orNull((v) => typeof v === 'object' && !Array.isArray(v))],
    ['draws', Array.isArray],
  ],
  left: [
    ['grant', uuid],
    ['left', nanos],
    ['expires', orNull(instant)],
  ],
  head: [
    ['seq', count],
    ['hash', sha],
    ['balance', nanos],
    ['grants', count],
    ['draws', count],
    ['in', nanos],
    ['out', nanos],
    ['made', instant],
  ],
  end: [['fingerprint', sha]],
}

/** A transfer of the second form says so, and its hash takes in its grant and its draws. */
const SECOND_FORM = [['form', (v) => v === 2], ...LINES.transfer]

const GRANT = [
  ['id', uuid],
  ['source', word],
  ['amount', positive],
  ['currency', currency],
  ['priority', whole],
  ['granted', instant],
]

const SECOND_FORM_GRANT = [...GRANT, ['expires', orNull(instant)]]

const DRAW = [
  ['grant', uuid],
  ['amount', (v) => nanos(v) && v !== '0'],
]

/** Something that makes the rest of the file unreadable. */
class Broken extends Error {}

const show = (v) => {
  const written = typeof v === 'string' ? v : JSON.stringify(v)
  return written === undefined ? 'nothing' : written.length > 160 ? `${written.slice(0, 160)}…` : written
}

/** The object with exactly these members in this order; throws when one is missing or has another form. */
function ordered(value, members, prefix) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Broken(`${prefix} is no object`)
  const result = {}
  for (const [name, form] of members) {
    if (!Object.hasOwn(value, name)) throw new Broken(`the field ${prefix}${name} is missing`)
    if (!form(value[name]))
      throw new Broken(`the field ${prefix}${name} has not the form that it must have: ${show(value[name])}`)
    result[name] = value[name]
  }
  return result
}

/** Reads one line and insists on the one way in which it may be written. */
export function parseLine(line) {
  let value
  try {
    value = JSON.parse(line)
  } catch {
    throw new Broken(`it is not JSON: ${show(line)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Broken('it is no JSON object')
  const { type } = value
  if (typeof type !== 'string' || !Object.hasOwn(LINES, type))
    throw new Broken(`the field type is unknown: ${show(type)}`)
  const isSecond = type === 'transfer' && Object.hasOwn(value, 'form')
  const result = { type, ...ordered(value, isSecond ? SECOND_FORM : LINES[type], '') }
  if (type === 'transfer') {
    if (result.grant !== null) result.grant = ordered(result.grant, isSecond ? SECOND_FORM_GRANT : GRANT, 'grant.')
    result.draws = result.draws.map((draw) => ordered(draw, DRAW, 'draws.'))
  }
  const canonical = JSON.stringify(result)
  if (canonical !== line) throw new Broken(`it must be written ${show(canonical)}, it is written ${show(line)}`)
  return result
}

// --- The check --------------------------------------------------------------------------------------------------------

/**
 * Checks a proof.
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} bytes The file.
 * @param {{ earlier?: AsyncIterable<Uint8Array>, mostProblems?: number }} [options]
 * @returns {Promise<{ ok: boolean, problems: { line: number, message: string }[], problemCount: number, account: string | null,
 *   currency: string | null, head: object | null, transfers: number, grants: number, draws: number, olderForm: number, endedEarly: number, lines: number,
 *   timesBack: number, earlierLines: number | null }>}
 */
export async function verify(bytes, { earlier, mostProblems = 100 } = {}) {
  const state = {
    line: 0,
    account: null,
    currency: null,
    seq: 0,
    hash: ZERO_HASH,
    balance: 0n,
    at: '',
    timesBack: 0,
    left: new Map(),
    amounts: new Map(),
    places: new Map(),
    waiting: [],
    endedEarly: new Set(),
    skips: new Map(),
    olderForm: 0,
    gap: 0n,
    sumLeft: 0n,
    causes: new Set(),
    transfers: 0,
    draws: 0,
    moneyIn: 0n,
    moneyOut: 0n,
    closed: null,
    head: null,
    ended: false,
  }
  const problems = []
  let problemCount = 0
  const complain = (message, line = state.line) => {
    problemCount += 1
    if (problems.length < mostProblems) problems.push({ line, message })
  }

  const print = fingerprint()
  const old = earlier ? linesOf(earlier)[Symbol.asyncIterator]() : null
  let comparing = old !== null
  let earlierLines = old ? 0 : null

  try {
    for await (const line of linesOf(bytes)) {
      state.line += 1
      if (state.ended) throw new Broken('something follows the end of the file')
      if (comparing) {
        const before = await old.next()
        if (before.done || /^\{"type":"(left|head)"/.test(before.value)) comparing = false
        else if (before.value === line) earlierLines += 1
        else {
          comparing = false
          complain(`the earlier file has another line here: ${show(before.value)}`)
        }
      }
      const value = parseLine(line)
      if ((state.line === 1) !== (value.type === 'purse.proof'))
        throw new Broken(`a line of type ${value.type} may not stand here`)
      if (value.type === 'end') {
        if (!state.head) throw new Broken('the line of type head is missing')
        const expected = print.value()
        if (expected !== value.fingerprint) complain(`fingerprint: expected ${expected}, found ${value.fingerprint}`)
        state.ended = true
        continue
      }
      print.add(line)
      if (state.head) throw new Broken(`a line of type ${value.type} may not follow the head`)
      if (value.type === 'purse.proof') Object.assign(state, { account: value.account, currency: value.currency })
      else if (value.type === 'transfer') {
        if (state.closed) throw new Broken('a transfer may not follow what is left of grants')
        takeTransfer(state, value, complain)
      } else if (value.type === 'left') takeLeft(state, value, complain)
      else takeHead(state, value, complain)
    }
    if (!state.ended) throw new Broken('the file ends too early: it is cut off')
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    complain(`${error.message}. Nothing after it was checked.`, Math.max(1, state.line))
  }
  return {
    ok: problemCount === 0,
    problems,
    problemCount,
    account: state.account,
    currency: state.currency,
    head: state.head,
    transfers: state.transfers,
    grants: state.left.size,
    draws: state.draws,
    olderForm: state.olderForm,
    endedEarly: state.endedEarly.size,
    lines: state.line,
    timesBack: state.timesBack,
    earlierLines,
  }
}

function takeTransfer(state, t, complain) {
  const expect = (field, expected, found) => {
    if (String(expected) !== String(found))
      complain(`transfer ${t.seq}, ${field}: expected ${expected}, found ${found}`)
  }
  const kind = KINDS.get(t.kind)
  expect('seq', state.seq + 1, t.seq)
  expect('currency', state.currency, t.currency)
  if (!kind) complain(`transfer ${t.seq}, kind: there is no kind ${t.kind}`)
  else {
    expect('from', kind.gives, t.from)
    expect('to', kind.takes, t.to)
  }

  const amount = BigInt(t.amount)
  const comesIn = (kind ? kind.takes : t.to) === 'credit'
  expect('balance', state.balance + (comesIn ? amount : -amount), t.balance)

  const chained = [
    t.form === 2 ? 'purse.transfer.v2' : 'purse.transfer.v1',
    state.hash,
    state.account,
    t.seq,
    t.kind,
    t.cause,
    t.from,
    t.to,
    t.amount,
    t.currency,
    t.balance,
    t.at,
  ]
  if (t.form === 2) {
    if (t.grant) {
      const { id, source, amount: given, currency: of, priority, granted, expires } = t.grant
      chained.push(['grant', id, source, given, of, priority, granted, expires ?? 'never'].join(' '))
    }
    for (const draw of t.draws) chained.push(`draw ${draw.grant} ${draw.amount}`)
  } else state.olderForm += 1
  expect('hash', createHash('sha256').update(chained.join('\n'), 'utf8').digest('hex'), t.hash)

  if (t.kind === 'usage') {
    const isOld = ['expired_hold:', 'usage_batch:', 'hold:'].some((start) => t.cause.startsWith(start))
    if (!isOld && !t.cause.startsWith(`usage:${t.seq}/`))
      complain(`transfer ${t.seq}, cause: expected usage:${t.seq}/…, found ${t.cause}`)
  } else {
    const once = `${t.kind}\n${t.cause}`
    if (state.causes.has(once)) complain(`transfer ${t.seq}, cause: ${t.cause} was posted before`)
    state.causes.add(once)
  }

  if (t.grant) {
    expect('grant.source', kind?.source ?? 'no grant', t.grant.source)
    expect('grant.amount', t.amount, t.grant.amount)
    expect('grant.currency', t.currency, t.grant.currency)
    expect('grant.granted', t.at, t.grant.granted)
    if (state.left.has(t.grant.id)) complain(`transfer ${t.seq}, grant.id: ${t.grant.id} came before`)
    else {
      const given = BigInt(t.grant.amount)
      state.left.set(t.grant.id, given)
      state.amounts.set(t.grant.id, given)
      state.sumLeft += given
      if (t.form === 2) state.places.set(t.grant.id, t.grant)
      takePlace(state, t.grant.id)
    }
  } else if (kind?.mustBring) complain(`transfer ${t.seq}, grant: it must bring a grant`)

  const returns = comesIn && !t.grant
  let before = ''
  let drawn = 0n
  for (const draw of t.draws) {
    const part = BigInt(draw.amount)
    drawn += part
    state.draws += 1
    if (!(draw.grant > before)) complain(`transfer ${t.seq}, draws: grants must stand in order, ${draw.grant} does not`)
    before = draw.grant
    if (part < 0n !== returns) complain(`transfer ${t.seq}, draws: ${draw.amount} has the wrong sign`)
    if (t.grant && draw.grant !== t.grant.id)
      complain(`transfer ${t.seq}, draws: it may draw on its own grant alone, not on ${draw.grant}`)
    if (!state.left.has(draw.grant)) {
      complain(`transfer ${t.seq}, draws: there is no grant ${draw.grant}`)
      continue
    }
    const rest = state.left.get(draw.grant) - part
    state.left.set(draw.grant, rest)
    state.sumLeft -= part
    takePlace(state, draw.grant)
    if (rest < 0n) complain(`transfer ${t.seq}, draws: grant ${draw.grant} has ${rest} left`)
    if (rest > state.amounts.get(draw.grant))
      complain(`transfer ${t.seq}, draws: grant ${draw.grant} has ${rest} left of ${state.amounts.get(draw.grant)}`)
  }

  if (t.kind === 'usage' && t.form === 2) noteSkips(state, t)

  const balance = BigInt(t.balance)
  const gap = state.sumLeft - (balance > 0n ? balance : 0n)
  if (gap !== state.gap)
    complain(`transfer ${t.seq}, draws: they should add up to ${drawn + gap - state.gap}, they add up to ${drawn}`)

  if (t.at < state.at) state.timesBack += 1
  if (comesIn) state.moneyIn += amount
  else state.moneyOut += amount
  state.transfers += 1
  Object.assign(state, { seq: t.seq, hash: t.hash, balance, at: t.at, gap })
}

const PAID = new Set(['purchase', 'auto_top_up', 'invoice_payment'])

/** Whether grant a burns before grant b: lower priority number, sooner expiry, given before paid, older, lower id. */
function burnsBefore(a, b) {
  if (a.priority !== b.priority) return a.priority < b.priority
  if (a.expires !== b.expires) return b.expires === null || (a.expires !== null && a.expires < b.expires)
  if (PAID.has(a.source) !== PAID.has(b.source)) return PAID.has(b.source)
  if (a.granted !== b.granted) return a.granted < b.granted
  return a.id < b.id
}

/** Keeps the grants that have something left in the order in which they burn. */
function takePlace(state, id) {
  const grant = state.places.get(id)
  if (!grant) return
  let at = 0
  for (let end = state.waiting.length; at < end; ) {
    const middle = Math.floor((at + end) / 2)
    if (burnsBefore(state.waiting[middle], grant)) at = middle + 1
    else end = middle
  }
  const waits = state.waiting[at] === grant
  if (state.left.get(id) > 0n && !waits) state.waiting.splice(at, 0, grant)
  if (state.left.get(id) <= 0n && waits) state.waiting.splice(at, 1)
}

/** Remembers which grants usage drew on while one before them still had something: judged when all expiries are known. */
function noteSkips(state, t) {
  for (const { grant } of t.draws) {
    const drawn = state.places.get(grant)
    if (!drawn) continue
    for (const first of state.waiting) {
      if (!burnsBefore(first, drawn)) break
      const { id } = first
      const pair = `${id} ${grant}`
      if (!state.skips.has(pair)) state.skips.set(pair, { line: state.line, seq: t.seq, skipped: id, grant })
    }
  }
}

function takeLeft(state, { grant, left, expires }, complain) {
  state.closed ??= { order: [...state.left.keys()], next: 0 }
  const expected = state.closed.order[state.closed.next]
  state.closed.next += 1
  if (expected !== grant) complain(`grant: expected ${expected ?? 'no further grant'}, found ${grant}`)
  if (state.left.has(grant) && state.left.get(grant) !== BigInt(left)) {
    complain(`what is left of grant ${grant}: expected ${state.left.get(grant)}, found ${left}`)
  }
  const first = state.places.get(grant)
  if (!first || first.expires === expires) return
  state.endedEarly.add(grant)
  if (expires === null || (first.expires !== null && expires > first.expires))
    complain(`expiry of grant ${grant}: expected ${first.expires} or sooner, found ${expires}`)
}

function takeHead(state, head, complain) {
  const told = state.closed?.next ?? 0
  if (told < state.left.size) complain(`${state.left.size - told} grants are not told of`)
  for (const { line, seq, skipped, grant } of state.skips.values()) {
    if (!state.endedEarly.has(skipped) && !state.endedEarly.has(grant))
      complain(
        `transfer ${seq}, draws: usage took from grant ${grant} while grant ${skipped}, which burns first, had some left`,
        line,
      )
  }
  const facts = {
    seq: state.seq,
    hash: state.hash,
    balance: state.balance,
    grants: state.left.size,
    draws: state.draws,
    in: state.moneyIn,
    out: state.moneyOut,
  }
  for (const [name, expected] of Object.entries(facts)) {
    if (String(head[name]) !== String(expected)) complain(`head, ${name}: expected ${expected}, found ${head[name]}`)
  }
  state.head = head
}

function fingerprint() {
  let value = ZERO_HASH
  let hash = null
  let lines = 0
  const close = () => {
    if (!hash) return
    value = hash.digest('hex')
    hash = null
    lines = 0
  }
  return {
    add(line) {
      hash ??= createHash('sha256').update(`${value}\n`)
      hash.update(`${line}\n`)
      lines += 1
      if (lines === FINGERPRINT_STEP) close()
    },
    value() {
      close()
      return value
    },
  }
}

/** Lines, each ended by a line feed. Anything beyond ASCII has no place in the file. */
async function* linesOf(bytes) {
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk)
    let end = data.indexOf(LINE_FEED)
    while (end >= 0) {
      yield data.toString('latin1', 0, end)
      data = data.subarray(end + 1)
      end = data.indexOf(LINE_FEED)
    }
    rest = data
  }
  if (rest.length > 0) throw new Broken(`the file ends inside a line: ${show(rest.toString('latin1'))}`)
}

// --- The command ------------------------------------------------------------------------------------------------------

const USAGE = `purse-verify proof.jsonl [--earlier old.jsonl] [--json]

Checks a proof file of Purse: the form of every line, numbers without a gap, the hash chain, every running balance, and what
is left of each grant. With --earlier, an older file of the same account must be its beginning.
Exit code: 0 everything fits, 1 something does not, 2 the file could not be read.`

const decimal = (amount) => {
  const value = BigInt(amount)
  const size = value < 0n ? -value : value
  const fraction = (size % 1000000000n)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '')
  return `${value < 0n ? '-' : ''}${size / 1000000000n}.${fraction}`
}

async function main(args) {
  const json = args.includes('--json')
  const rest = args.filter((arg) => arg !== '--json')
  const at = rest.indexOf('--earlier')
  const [earlier] = at >= 0 ? rest.splice(at, 2).slice(1) : []
  if (rest.length !== 1 || rest[0].startsWith('-') || (at >= 0 && !earlier)) {
    console.error(USAGE)
    return 2
  }
  const [file] = rest
  if (earlier) {
    const old = await verify(createReadStream(earlier))
    if (!old.ok) {
      console.error(`The earlier file does not fit itself:\n${listed(old)}`)
      return 1
    }
  }
  const report = await verify(createReadStream(file), earlier ? { earlier: createReadStream(earlier) } : {})
  if (json) console.log(JSON.stringify(report, null, 2))
  else console.log(report.ok ? praised(report) : `${file} does not fit:\n${listed(report)}`)
  return report.ok ? 0 : 1
}

const listed = ({ problems, problemCount }) =>
  [
    ...problems.map(({ line, message }) => `  line ${line}: ${message}`),
    ...(problemCount > problems.length ? [`  … and ${problemCount - problems.length} more`] : []),
  ].join('\n')

const praised = ({
  account,
  currency,
  head,
  transfers,
  grants,
  draws,
  olderForm,
  endedEarly,
  lines,
  timesBack,
  earlierLines,
}) =>
  [
    `Everything fits: account ${account}, ${lines} lines, made ${head.made}.`,
    `  ${transfers} transfers, numbered 1 to ${head.seq} without a gap; each fits its hash, and the chain ends in ${head.hash}`,
    `  every running balance follows from the one before it; the last is ${decimal(head.balance)} ${currency.toUpperCase()}`,
    `  ${grants} grants and ${draws} draws on them: none gave more than it had, and together they are the balance`,
    ...(olderForm < transfers ? ['  usage took from grants in their order'] : []),
    ...(endedEarly > 0
      ? [`  ${endedEarly} grants were ended before the time they came with: the order around them was not checked`]
      : []),
    ...(olderForm > 0
      ? [
          `  ${olderForm} transfers have a hash of the first form: grants and draws are not part of it, nor is their order checked`,
        ]
      : []),
    ...(timesBack > 0
      ? [`  ${timesBack} transfers carry an earlier time than the one before: the number is the order`]
      : []),
    ...(earlierLines === null ? [] : [`  the earlier file's ${earlierLines} lines are its beginning, byte for byte`]),
    'Not shown: that these movements are all that should have been posted, and that whoever wrote the file never wrote another',
    'history. Keep this file, and check a later one with --earlier.',
  ].join('\n')

const isMain = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
if (isMain) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      console.error(`The file could not be read: ${error.message}`)
      process.exitCode = 2
    },
  )
}
