import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { crashPointsInCode } from './chaos/crash-points'

const root = path.join(import.meta.dirname, '..')

/** The test that kills a process at each crash point. A point that is added to the code belongs here, with its test. */
const killedBy: Record<string, string[]> = {
  'lib/domain/purchases/crash.db.test.ts': [
    'purchase:before-commit',
    'purchase:after-intent',
    'customer:after-create',
    'purchase:after-checkout',
    'purchase:after-session-stored',
    'settle:after-read',
    'settle:between-grants',
    'settle:after-credit',
    'settle:before-commit',
    'settle:after-commit',
    'settle:before-state-commit',
    'settle:before-papers-commit',
    'cancel:after-page-closed',
    'webhook:before-commit',
    'webhook:after-commit',
    'event:after-effect',
  ],
  'lib/domain/auto-top-up/crash.db.test.ts': [
    'top-up:after-claim',
    'top-up:before-charge',
    'top-up:after-charge',
    'top-up:before-notice',
    'top-up:after-record',
    'top-up:after-give-up',
    'top-up:recovery-after-cancel',
    'top-up:before-recovery-page',
    'top-up:after-recovery-page',
    'top-up:recovery-before-commit',
  ],
  'lib/domain/refunds/crash.db.test.ts': [
    'refund:before-commit',
    'refund:after-commit',
    'refund:after-claim',
    'refund:before-send',
    'refund:after-send',
    'refund:after-read',
    'refund:before-record',
    'refund:after-record',
    'refund:before-fail',
    'refund:after-fail',
    'dispute:before-commit',
    'dispute:after-commit',
  ],
  'lib/domain/contracts/month-end.db.test.ts': [
    'invoice:before-intent-commit',
    'invoice:after-intent',
    'invoice:after-claim',
    'invoice:before-lines-commit',
    'invoice:after-create',
    'invoice:after-draft',
    'invoice:after-line',
    'invoice:after-lines',
    'invoice:after-finalize',
    'invoice:after-collect',
    'invoice:after-read',
    'invoice:after-post',
    'invoice:before-settle-commit',
    'invoice:after-settle',
    'invoice:before-late-commit',
    'credit-note:after-claim',
    'credit-note:after-create',
  ],
  'lib/domain/grants/expiry.db.test.ts': ['expiry:before-write', 'expiry:before-commit', 'expiry:after-commit'],
  'lib/domain/grants/give-promotion.db.test.ts': ['promotion:before-commit', 'promotion:after-commit'],
  'lib/domain/grants/warn-of-expiry.db.test.ts': ['expiry-warning:before-commit'],
  'lib/domain/signup-credit/card-path.db.test.ts': ['signup-credit:before-commit'],
}

test('every crash point in the code has a test that kills a process there', () => {
  expect(crashPointsInCode()).toEqual(Object.values(killedBy).flat().sort())
  for (const [file, points] of Object.entries(killedBy)) {
    const text = fs.readFileSync(path.join(root, file), 'utf8')
    const missing = points.filter((point) => !text.includes(`'${point}'`))
    expect(missing, file).toEqual([])
    expect(text, file).toContain('CRASH_AT')
  }
})

test('the documents name every crash point', () => {
  const text = fs.readFileSync(path.join(root, 'docs/testing.md'), 'utf8')
  expect(crashPointsInCode().filter((point) => !text.includes(`\`${point}\``))).toEqual([])
})
