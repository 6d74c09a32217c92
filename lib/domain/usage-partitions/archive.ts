import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough, type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { MonthKey } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { difference, type EventSums, noEvents } from './rules'
import { readEventLines } from './store'

/** What stands beside an archive: enough to tell that it is whole, with or without Purse. */
export interface Manifest {
  format: 'purse.usage_events.v1'
  /** "2026-01", in UTC. */
  month: MonthKey
  file: string
  bytes: number
  /** Of the compressed file, as sha256sum prints it. */
  sha256: string
  /** Whole numbers as strings; amounts in nanos. */
  sums: Record<keyof EventSums, string>
}

type OnEvents = (events: number) => void

const fileOf = (month: MonthKey) => `usage_events_${month}.ndjson.gz`
const manifestPath = (folder: string, month: MonthKey) => path.join(folder, `usage_events_${month}.manifest.json`)

/** Whether a month was exported to the folder before, by a run that did not get further. */
export const isExported = (folder: string, month: MonthKey): boolean => fs.existsSync(manifestPath(folder, month))

/**
 * Writes a month's events to `folder`, one JSON object a line, compressed, with a manifest beside it. A file appears under
 * its name only when it is complete and on the disk. Run it in a repeatable-read transaction.
 */
export async function exportMonth(
  tx: Tx,
  { month, folder, onEvents = () => {} }: { month: MonthKey; folder: string; onEvents?: OnEvents },
): Promise<Manifest> {
  fs.mkdirSync(folder, { recursive: true })
  const file = fileOf(month)
  const partial = path.join(folder, `${file}.partial`)
  const sums = { ...noEvents }
  const lines = async function* () {
    for await (const some of readEventLines(tx, month)) {
      for (const line of some) addEvent(sums, line)
      onEvents(Number(sums.events))
      yield `${some.join('\n')}\n`
    }
  }
  const digest = digesting()
  await pipeline(lines, createGzip(), digest.stream, fs.createWriteStream(partial))
  sync(partial)
  fs.renameSync(partial, path.join(folder, file))

  const manifest: Manifest = {
    format: 'purse.usage_events.v1',
    month,
    file,
    ...digest.result(),
    sums: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.toString()])) as Manifest['sums'],
  }
  fs.writeFileSync(`${manifestPath(folder, month)}.partial`, `${JSON.stringify(manifest, null, 2)}\n`)
  sync(`${manifestPath(folder, month)}.partial`)
  fs.renameSync(`${manifestPath(folder, month)}.partial`, manifestPath(folder, month))
  sync(folder)
  return manifest
}

/**
 * Reads an archive back, every line of it, and compares it with its manifest.
 * @throws Error that says in what they differ, or that the archive cannot be read.
 */
export async function verifyArchive({
  month,
  folder,
  onEvents = () => {},
}: {
  month: MonthKey
  folder: string
  onEvents?: OnEvents
}): Promise<{ manifest: Manifest; sums: EventSums }> {
  const manifest = JSON.parse(fs.readFileSync(manifestPath(folder, month), 'utf8')) as Manifest
  const wrong = (why: string) => new Error(`The archive ${path.join(folder, fileOf(month))} is not whole: ${why}.`)
  if (manifest.format !== 'purse.usage_events.v1' || manifest.month !== month || manifest.file !== fileOf(month)) {
    throw wrong('its manifest is of something else')
  }
  const sums = { ...noEvents }
  const digest = digesting()
  const text = new PassThrough()
  const reading = pipeline(fs.createReadStream(path.join(folder, manifest.file)), digest.stream, createGunzip(), text)
  await Promise.all([reading, addLines(text, sums, onEvents)]).catch((error: Error) => {
    throw wrong(error.message)
  })
  if (digest.result().sha256 !== manifest.sha256) throw wrong('its SHA-256 is not the one in the manifest')
  const expected = Object.fromEntries(
    Object.entries(manifest.sums).map(([name, sum]) => [name, BigInt(sum)]),
  ) as unknown as EventSums
  const differs = difference(expected, sums)
  if (differs) throw wrong(differs)
  return { manifest, sums }
}

async function addLines(text: Readable, sums: EventSums, onEvents: OnEvents): Promise<void> {
  const reportEvery = 5_000n
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    addEvent(sums, line)
    if (sums.events % reportEvery === 0n) onEvents(Number(sums.events))
  }
  onEvents(Number(sums.events))
}

function addEvent(sums: EventSums, line: string): void {
  const event = JSON.parse(line)
  sums.events += 1n
  sums.inputTokens += BigInt(event.input_tokens)
  sums.cachedInputTokens += BigInt(event.cached_input_tokens)
  sums.outputTokens += BigInt(event.output_tokens)
  sums.amount += BigInt(event.amount_nanos)
  sums.beyondAmount += BigInt(event.beyond_amount_nanos ?? 0)
}

/** Passes bytes on and remembers their number and digest. */
function digesting() {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ bytes, sha256: hash.copy().digest('hex') }) }
}

/** Waits until a file, or a folder's list of names, is on the disk. */
function sync(target: string): void {
  const descriptor = fs.openSync(target, 'r')
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
}
