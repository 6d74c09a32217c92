/** Which crash points a deed may pass. */
import fs from 'node:fs'
import path from 'node:path'
import type { Deed } from './deeds'

const root = path.join(import.meta.dirname, '../..')

/** Every name that the code gives to `crashPoint`, sorted. */
export function crashPointsInCode(): string[] {
  const files = fs.readdirSync(path.join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  const names = files
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && !file.startsWith('edges/crash-points'))
    .flatMap((file) => [...fs.readFileSync(path.join(root, 'lib', file), 'utf8').matchAll(/crashPoint\('([^']+)'\)/g)])
    .map(([, name]) => name!)
  return [...new Set(names)].sort()
}

const all = crashPointsInCode()
const startingWith = (...starts: string[]) => all.filter((name) => starts.some((start) => name.startsWith(start)))
const onTheWay: Partial<Record<Deed['kind'], string[]>> = {
  buy: startingWith('purchase:', 'customer:'),
  'return-page': startingWith('settle:'),
  refund: startingWith('refund:'),
  usage: startingWith('expiry:'),
  gift: startingWith('promotion:'),
  jobs: startingWith(
    'settle:after',
    'settle:before-commit',
    'event:',
    'refund:after-r',
    'refund:before-r',
    'dispute:',
    'top-up:after-c',
    'top-up:before-c',
    'top-up:after-r',
  ),
}
const ofTheWorker = all.filter((name) => !name.startsWith('promotion:') && !name.startsWith('cancel:'))

/** The points that it is worth waiting for while a deed is done. */
export const pointsOf = ({ kind }: Deed): string[] => onTheWay[kind] ?? ofTheWorker
