import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  aRandomLedger,
  asItWas,
  inParts,
  proofOf,
  type RandomLedger,
  randomOf,
  withOlderForm,
} from '@/lib/testing/random-ledger'
import { verify as verifyAlone } from '../../../../verifier/verify.mjs'
import { transferKinds } from '../../ledger/rules'
import { endLine, Fingerprint, type ProofProblem, proofKinds, type VerifyOptions, verifyProof } from './rules'

const check = (proof: string | Uint8Array, options: VerifyOptions = {}) => verifyProof(inParts(proof), options)

/** Both implementations, which must come to the same answer. */
async function both(
  proof: string | Uint8Array,
  earlier?: string,
): Promise<{ problems: ProofProblem[]; alone: string[] }> {
  const [report, alone] = await Promise.all([
    check(proof, earlier === undefined ? {} : { earlier: inParts(earlier) }),
    verifyAlone(inParts(proof, 777), earlier === undefined ? {} : { earlier: inParts(earlier) }),
  ])
  expect(alone.ok).toBe(report.problemCount === 0)
  return { problems: report.problems, alone: alone.problems.map((each: { message: string }) => each.message) }
}

/** The file with other lines, and a fingerprint that fits them: what somebody would write who knows the format. */
async function rewritten(proof: string, change: (lines: string[]) => void): Promise<string> {
  const lines = proof.trimEnd().split('\n').slice(0, -1)
  change(lines)
  const fingerprint = new Fingerprint()
  for (const line of lines) await fingerprint.add(line)
  return `${[...lines, endLine(await fingerprint.end())].join('\n')}\n`
}

test('the kinds of the proof are those of the ledger', () => {
  expect(proofKinds).toEqual(transferKinds)
})

test('both implementations accept what the rules of the book made, for any history', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const ledger = aRandomLedger(seed, seed * 10)
    const proof = await proofOf(ledger)
    const report = await check(proof)
    expect(report.problems, `seed ${seed}`).toEqual([])
    expect(report).toMatchObject({
      account: ledger.accountId,
      transfers: ledger.transfers.length,
      grants: ledger.grants.length,
      lines: proof.split('\n').length - 1,
      bytes: proof.length,
      head: { balance: ledger.balance, seq: ledger.transfers.length },
    })
    const alone = await verifyAlone(inParts(proof, 101))
    expect(alone).toMatchObject({
      ok: true,
      transfers: report.transfers,
      draws: report.draws,
      timesBack: report.timesBack,
    })
  }
})

test('a history that began before hashes took in grants and draws goes on from there', async () => {
  for (let seed = 51; seed <= 60; seed++) {
    const whole = aRandomLedger(seed, 80)
    for (const older of [1, 40, whole.transfers.length]) {
      const ledger = withOlderForm(whole, older)
      const proof = await proofOf(ledger)
      const [report, alone] = await Promise.all([check(proof), verifyAlone(inParts(proof))])
      expect(report, `seed ${seed}`).toMatchObject({ problems: [], olderForm: older, endedEarly: 0 })
      expect(alone).toMatchObject({ ok: true, olderForm: older, endedEarly: 0 })
      // A file of the time before it is the beginning of what came after it.
      expect((await both(proof, await proofOf(asItWas(ledger, older)))).problems).toEqual([])
    }
  }
})

test('what a grant was and what was drawn from it are part of the hash, even where the sums would fit', async () => {
  const ledger = aRandomLedger(61, 60)
  const proof = await proofOf(ledger)
  const brought = ledger.transfers.find(({ grant }) => grant)!
  const edits: [from: RegExp, to: string][] = [
    [/"priority":-?\d+/, '"priority":7'],
    [/"expires":("[^"]*"|null)\}/, '"expires":"2027-03-01T00:00:00.000Z"}'],
  ]
  for (const [from, to] of edits) {
    const { problems, alone } = await both(
      await rewritten(proof, (lines) => {
        expect(lines[brought.seq]).toMatch(from)
        lines[brought.seq] = lines[brought.seq]!.replace(from, to)
      }),
    )
    expect(problems).toContainEqual(expect.objectContaining({ seq: brought.seq, code: 'hash' }))
    expect(alone.join('\n')).toContain(`transfer ${brought.seq}, hash`)
  }
  // Two draws of one transfer swap their amounts, and so do what is left of both: every sum fits.
  const split = ledger.transfers.find(({ draws }) => draws.length > 1)!
  const [one, two] = split.draws as [{ grant: string; amount: string }, { grant: string; amount: string }]
  const moved = 1n
  const swapped = await rewritten(proof, (lines) => {
    const shift = (index: number, grant: string, amount: string, by: bigint) => {
      const from = `{"grant":"${grant}","amount":"${amount}"}`
      expect(lines[index]).toContain(from)
      lines[index] = lines[index]!.replace(from, `{"grant":"${grant}","amount":"${BigInt(amount) + by}"}`)
    }
    shift(split.seq, one.grant, one.amount, -moved)
    shift(split.seq, two.grant, two.amount, moved)
  })
  const found = await both(swapped)
  expect(found.problems).toContainEqual(expect.objectContaining({ seq: split.seq, code: 'hash' }))
})

test('usage that took credit out of turn is found, though every hash and sum fits', async () => {
  let found = 0
  for (let seed = 71; seed <= 90; seed++) {
    const ledger = aRandomLedger(seed, 60)
    const other = outOfTurn(ledger)
    if (!other) continue
    found += 1
    const proof = await proofOf(other.ledger)
    const { problems, alone } = await both(proof)
    expect(problems[0], `seed ${seed}`).toMatchObject({ seq: other.seq, code: 'burn_order', found: other.taken })
    expect(problems.every(({ code }) => code === 'burn_order')).toBe(true)
    expect(alone[0]).toContain(`transfer ${other.seq}, draws: usage took from grant ${other.taken}`)
    // Of a grant whose expiry was brought forward nobody can tell when: nothing is said, but that it was.
    const ended = {
      ...other.ledger,
      grants: other.ledger.grants.map((grant) => ({ ...grant, expires: '2026-01-01T00:00:00.000Z' })),
    }
    const [report, alone2] = await Promise.all([
      check(await proofOf(ended)),
      verifyAlone(inParts(await proofOf(ended))),
    ])
    expect(report).toMatchObject({ problems: [], endedEarly: other.ledger.grants.length })
    expect(alone2).toMatchObject({ ok: true, endedEarly: other.ledger.grants.length })
  }
  expect(found).toBeGreaterThan(3)
})

/** The ledger up to a usage that takes from a grant behind the one whose turn it is; null where there is none. */
function outOfTurn(ledger: RandomLedger): { ledger: RandomLedger; seq: number; taken: string } | null {
  for (const { seq, kind, draws, amount } of ledger.transfers) {
    const [draw] = draws
    if (kind !== 'usage' || draws.length !== 1 || draw!.amount !== amount) continue
    const before = asItWas(ledger, seq - 1)
    const behind = before.grants.find(({ grantId, left }) => grantId !== draw!.grant && BigInt(left) >= BigInt(amount))
    if (!behind) continue
    const cut = asItWas(ledger, seq)
    const transfers = cut.transfers.map((t) =>
      t.seq === seq ? { ...t, draws: [{ grant: behind.grantId, amount }] } : t,
    )
    return { ledger: asItWas(withOlderForm({ ...ledger, transfers }, 0), seq), seq, taken: behind.grantId }
  }
  return null
}

test('an expiry may be brought forward, and never put off', async () => {
  const ledger = aRandomLedger(62, 30)
  const later = { ...ledger, grants: ledger.grants.map((grant) => ({ ...grant, expires: null })) }
  const { problems, alone } = await both(await proofOf(later))
  const dated = ledger.grants.filter(({ expires }) => expires)
  expect(dated.length).toBeGreaterThan(0)
  expect(problems.map(({ field }) => field)).toEqual(dated.map(() => 'expires'))
  expect(alone.join('\n')).toContain(`expiry of grant ${dated[0]!.grantId}`)
})

test('a history of every kind was among them', () => {
  const kinds = new Set(
    Array.from({ length: 40 }, (_, seed) => aRandomLedger(seed + 1, 300).transfers).flatMap((t) =>
      t.map(({ kind }) => kind),
    ),
  )
  const notMade = ['signup_credit_returned']
  expect([...kinds].sort()).toEqual(
    Object.keys(transferKinds)
      .filter((kind) => !notMade.includes(kind))
      .sort(),
  )
})

test('the examples for whoever writes a verifier are whole, and the earlier is the beginning of the later', async () => {
  const folder = path.join(import.meta.dirname, '../../../../verifier/examples')
  const ledger = withOlderForm(aRandomLedger(176, 60), 20)
  const [proof, earlier] = await Promise.all([proofOf(ledger), proofOf(asItWas(ledger, 30))])
  await expect(proof).toMatchFileSnapshot(path.join(folder, 'proof.jsonl'))
  await expect(earlier).toMatchFileSnapshot(path.join(folder, 'earlier.jsonl'))
  expect((await both(proof, earlier)).problems).toEqual([])
})

test('an account without movements has a proof too', async () => {
  const proof = await proofOf({
    accountId: '019a9f5e-0000-7000-8000-000000000000',
    transfers: [],
    grants: [],
    balance: '0',
  })
  expect((await both(proof)).problems).toEqual([])
})

test('every changed byte is found, whatever it is changed to', async () => {
  const proof = new TextEncoder().encode(await proofOf(aRandomLedger(7, 24)))
  const random = randomOf(99)
  for (let at = 0; at < proof.length; at++) {
    const changed = proof.slice()
    // A bit, a digit or letter beside it, or anything: what chance, a typist or an attacker would write.
    const other =
      [changed[at]! ^ (1 << random(8)), changed[at]! + (random(2) === 0 ? 1 : -1), random(256)][random(3)]! & 255
    changed[at] = other === changed[at] ? (other + 1) & 255 : other
    const { problems } = await both(changed)
    expect(problems.length, `byte ${at}`).toBeGreaterThan(0)
  }
}, 120_000)

test('a byte that is missing, or one too many, is found', async () => {
  const proof = await proofOf(aRandomLedger(8, 20))
  const random = randomOf(5)
  for (let round = 0; round < 300; round++) {
    const at = random(proof.length)
    const changed =
      round % 2 === 0 ? proof.slice(0, at) + proof.slice(at + 1) : `${proof.slice(0, at)} ${proof.slice(at)}`
    expect((await both(changed)).problems.length).toBeGreaterThan(0)
  }
  expect((await both(`\ufeff${proof}`)).problems[0]).toMatchObject({ line: 1, code: 'malformed' })
  expect((await both(`${proof}\n`)).problems[0]).toMatchObject({ code: 'after_end' })
  expect((await both(proof.replaceAll('\n', '\r\n'))).problems[0]).toMatchObject({ line: 1, code: 'not_canonical' })
  expect((await both('')).problems[0]).toMatchObject({ code: 'truncated' })
})

test('a file that is cut off is found, wherever', async () => {
  const proof = await proofOf(aRandomLedger(9, 20))
  const lines = proof.trimEnd().split('\n')
  for (let kept = 0; kept < lines.length; kept++) {
    const { problems } = await both(
      lines
        .slice(0, kept)
        .map((line) => `${line}\n`)
        .join(''),
    )
    expect(problems.at(-1)).toMatchObject({ code: 'truncated' })
  }
})

test('whoever also rewrites the fingerprint is found by what the lines say, and the field is named', async () => {
  const ledger = aRandomLedger(11, 60)
  const proof = await proofOf(ledger)
  const seqOf = (which: (t: (typeof ledger.transfers)[number]) => boolean) => ledger.transfers.find(which)!.seq
  const usage = seqOf((t) => t.kind === 'usage' && t.draws.length > 0)
  const purchase = seqOf((t) => t.kind === 'purchase')
  const edits: [seq: number, from: RegExp, to: string | ((found: string) => string), field: string, code: string][] = [
    [usage, /"amount":"\d/, '"amount":"9', 'balance', 'differs'],
    [usage, /"at":"2026-01/, '"at":"2026-02', 'hash', 'hash'],
    [usage, /"cause":"usage:/, '"cause":"usage:1', 'cause', 'differs'],
    [usage, /"kind":"usage"/, '"kind":"expiry"', 'to', 'differs'],
    [usage, /"to":"revenue"/, '"to":"expired"', 'to', 'differs'],
    [usage, /"currency":"usd"/, '"currency":"eur"', 'currency', 'differs'],
    [usage, /"draws":\[\{.*\}\]/, '"draws":[]', 'draws', 'draws_total'],
    [purchase, /"source":"purchase"/, '"source":"signup"', 'grant.source', 'differs'],
    [purchase, /"granted":"2026-01/, '"granted":"2026-02', 'grant.granted', 'differs'],
    [purchase, /"hash":"./, (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0'), 'hash', 'hash'],
    [purchase, /"kind":"purchase"/, '"kind":"constructor"', 'kind', 'unknown_kind'],
  ]
  for (const [seq, from, to, field, code] of edits) {
    const changed = await rewritten(proof, (lines) => {
      lines[seq] = lines[seq]!.replace(from, to as string)
    })
    const { problems, alone } = await both(changed)
    expect(problems, `${field} of ${seq}`).toContainEqual(expect.objectContaining({ line: seq + 1, seq, field, code }))
    expect(alone.join('\n')).toContain(`transfer ${seq}`)
  }
})

test('a change of what is left, of the head and of the account is named', async () => {
  const ledger = aRandomLedger(12, 60)
  const proof = await proofOf(ledger)
  const lines = proof.trimEnd().split('\n')
  const left = lines.findIndex((line) => line.startsWith('{"type":"left"'))
  const head = lines.length - 2
  const edit = (line: number, from: RegExp, to: string) =>
    rewritten(proof, (all) => {
      all[line] = all[line]!.replace(from, to)
    })
  expect((await both(await edit(left, /"left":"\d+"/, '"left":"5"'))).problems).toContainEqual(
    expect.objectContaining({ line: left + 1, field: 'left', found: '5' }),
  )
  expect((await both(await edit(head, /"seq":\d+/, '"seq":7'))).problems[0]).toMatchObject({
    line: head + 1,
    field: 'seq',
    found: '7',
  })
  expect((await both(await edit(head, /"in":"\d+"/, '"in":"7"'))).problems[0]).toMatchObject({
    field: 'in',
    found: '7',
  })
  expect((await both(await edit(0, /"account":"./, '"account":"f'))).problems[0]).toMatchObject({
    line: 2,
    seq: 1,
    code: 'hash',
  })
  const withoutGrant = await rewritten(proof, (all) => all.splice(left, 1))
  expect((await both(withoutGrant)).problems.length).toBeGreaterThan(0)
})

test('a transfer taken out, put in twice or moved is found', async () => {
  const proof = await proofOf(aRandomLedger(13, 40))
  for (const change of [
    (lines: string[]) => lines.splice(9, 1),
    (lines: string[]) => lines.splice(9, 0, lines[9]!),
    (lines: string[]) => lines.splice(9, 2, lines[10]!, lines[9]!),
  ]) {
    const { problems } = await both(await rewritten(proof, change))
    expect(problems.some(({ field }) => field === 'seq')).toBe(true)
  }
})

test('an earlier file is the beginning of a later one; a rewritten history is not', async () => {
  const ledger = aRandomLedger(14, 120)
  const proof = await proofOf(ledger)
  const half = Math.floor(ledger.transfers.length / 2)
  const earlier = await proofOf(asItWas(ledger, half))
  expect((await both(earlier)).problems).toEqual([])
  const report = await check(proof, { earlier: inParts(earlier) })
  expect(report.problems).toEqual([])
  expect(report.earlierLines).toBe(half + 1)
  await both(proof, earlier)

  // The same account with another history, whole in itself: only the earlier file shows it.
  const other = await proofOf({ ...aRandomLedger(15, 120), accountId: ledger.accountId })
  const { problems } = await both(other, earlier)
  expect(problems).toContainEqual(expect.objectContaining({ code: 'earlier', line: 2 }))
  // And a later file that has fewer movements than the earlier one.
  expect((await both(earlier, proof)).problems).toContainEqual(
    expect.objectContaining({ code: 'earlier', line: half + 2 }),
  )
})

test('what the page showed and what was verified before are compared at their place in the history', async () => {
  const ledger = aRandomLedger(16, 80)
  const proof = await proofOf(ledger)
  const then = asItWas(ledger, 30)
  const shown = {
    seq: 30,
    hash: then.transfers.at(-1)!.hash,
    balance: then.balance,
    grants: then.grants.filter(({ left }) => left !== '0').map(({ grantId, left }) => ({ grant: grantId, left })),
  }
  const remembered = { seq: 10, hash: ledger.transfers[9]!.hash }
  const good = await check(proof, { shown, remembered })
  expect([good.problems, good.shown, good.remembered]).toEqual([[], 'agrees', 'same'])

  const bad = await check(proof, {
    shown: { ...shown, balance: '1', grants: shown.grants.slice(1) },
    remembered: { seq: 10, hash: 'f'.repeat(64) },
  })
  expect([bad.shown, bad.remembered]).toEqual(['differs', 'differs'])
  expect(bad.problems.map(({ code, field, line }) => [code, field.split(' ')[0], line])).toEqual(
    expect.arrayContaining([
      ['shown', 'balance', 31],
      ['shown', 'left', 31],
      ['remembered', 'hash', 11],
    ]),
  )
  const tooLate = await check(proof, { shown: { ...shown, seq: 500 }, remembered: { seq: 501, hash: remembered.hash } })
  expect(tooLate.problems.map(({ code, field }) => [code, field])).toEqual([
    ['shown', 'seq'],
    ['remembered', 'seq'],
  ])
})

test('a check can be stopped, and tells of its progress', async () => {
  const proof = await proofOf(aRandomLedger(17, 3000))
  const seen: number[] = []
  await check(proof, { onProgress: ({ transfers }) => seen.push(transfers) })
  expect(seen.length).toBeGreaterThan(1)
  const stop = new AbortController()
  await expect(check(proof, { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow(/abort/i)
})

test('the stand-alone verifier is a command with an exit code', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'proof-'))
  const command = path.join(import.meta.dirname, '../../../../verifier/verify.mjs')
  const ledger = aRandomLedger(18, 50)
  const proof = await proofOf(ledger)
  const file = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(process.execPath, [command, ...args], (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
      )
    })
  const good = file('good.jsonl', proof)
  const bad = file('bad.jsonl', proof.replace('"kind":"usage"', '"kind":"usagf"'))
  const earlier = file('earlier.jsonl', await proofOf(asItWas(ledger, 20)))
  try {
    expect(await run(good)).toMatchObject({ code: 0, out: expect.stringContaining('Everything fits') })
    expect(await run(good, '--earlier', earlier)).toMatchObject({
      code: 0,
      out: expect.stringContaining("file's 21 lines"),
    })
    expect(await run(bad)).toMatchObject({ code: 1, out: expect.stringMatching(/line \d+: transfer \d+, kind/) })
    expect(await run(earlier, '--earlier', good)).toMatchObject({ code: 1 })
    expect(await run(path.join(folder, 'none.jsonl'))).toMatchObject({ code: 2 })
    expect(await run()).toMatchObject({ code: 2, out: expect.stringContaining('purse-verify proof.jsonl') })
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})
