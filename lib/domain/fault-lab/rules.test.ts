import { expect, test } from 'vitest'
import { blockOf, blockText, type DisputeMove, type LabFacts, type Play, statusesAfter, unknownStatus } from './rules'

const nothing: LabFacts = {
  hasSavedCard: false,
  isAutoTopUpOn: false,
  hasDebitUnderWay: false,
  canRefund: false,
  canRefundHalf: false,
  canFailRefund: false,
  canDispute: false,
  disputeStatus: null,
  heldEvents: 0,
  hasEvent: false,
  hasCredit: false,
}

test.each<[string, Play, Partial<LabFacts>]>([
  ['release', { kind: 'release', order: 'fifo' }, { heldEvents: 1 }],
  ['send again', { kind: 'event', how: 'resend' }, { hasEvent: true }],
  ['decline', { kind: 'card', behaviour: 'lost_card' }, { hasSavedCard: true }],
  ['auto top-up', { kind: 'auto_top_up' }, { hasSavedCard: true }],
  ['a debit arrives', { kind: 'debit', outcome: 'succeeded' }, { hasDebitUnderWay: true }],
  ['refund half', { kind: 'refund', part: 'half' }, { canRefundHalf: true }],
  ['refund the rest', { kind: 'refund', part: 'rest' }, { canRefund: true }],
  ['a refund fails', { kind: 'refund_fails' }, { canFailRefund: true }],
  ['dispute', { kind: 'dispute', move: 'open' }, { canDispute: true }],
  ['win', { kind: 'dispute', move: 'won' }, { disputeStatus: 'needs_response' }],
  ['usage', { kind: 'usage', amount: 'all' }, { hasCredit: true }],
])('%s says what it needs first, and is possible with it', (_, play, needed) => {
  expect(blockText(blockOf(play, nothing)!)).toMatch(/^\p{Lu}.+\.$/u)
  expect(blockOf(play, { ...nothing, ...needed })).toBeNull()
})

test.each<Play>([
  { kind: 'pay', how: 'card' },
  { kind: 'api', fault: 'down', until: 'healed' },
  { kind: 'events', mode: 'hold' },
  { kind: 'time', by: 'month' },
  { kind: 'heal' },
])('$kind needs nothing', (play) => {
  expect(blockOf(play, nothing)).toBeNull()
})

test('auto top-up is not turned on twice', () => {
  expect(blockOf({ kind: 'auto_top_up' }, { ...nothing, hasSavedCard: true, isAutoTopUpOn: true })).toBe('top_up_on')
})

test.each<[DisputeMove, string, string[]]>([
  ['won', 'needs_response', ['won']],
  ['won', 'under_review', ['won']],
  ['won', unknownStatus, ['won']],
  ['won', 'warning_needs_response', ['warning_closed']],
  ['won', 'lost', []],
  ['lost', 'needs_response', ['lost']],
  // An inquiry is a chargeback before it can be lost.
  ['lost', 'warning_under_review', ['needs_response', 'lost']],
  ['lost', 'won', []],
  ['appeal', 'lost', ['appeal_under_review']],
  ['appeal', 'needs_response', []],
  ['won_back', 'appeal_under_review', ['won']],
  ['won_back', 'lost', []],
  ['unknown', 'under_review', [unknownStatus]],
  ['unknown', 'won', []],
])('%s of a dispute that is %s leads through %j', (move, status, through) => {
  expect(statusesAfter(move, status)).toEqual(through)
})
