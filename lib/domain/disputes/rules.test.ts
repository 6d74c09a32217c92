import { expect, test } from 'vitest'
import { disputeText, isDecided, noticeOf, stanceOf } from './rules'

test.each([
  // status, stance, stance when money was withdrawn, decided, notice
  ['warning_needs_response', 'nothing', 'nothing', false, null],
  ['warning_under_review', 'nothing', 'nothing', false, null],
  ['warning_closed', 'nothing', 'nothing', true, null],
  ['prevented', 'nothing', 'nothing', true, null],
  ['needs_response', 'frozen', 'frozen', false, 'dispute_opened'],
  ['under_review', 'frozen', 'frozen', false, 'dispute_opened'],
  ['won', 'nothing', 'nothing', true, 'dispute_won'],
  ['lost', 'taken', 'taken', true, 'dispute_lost'],
  ['appeal_needs_response', 'taken', 'taken', false, null],
  ['appeal_under_review', 'taken', 'taken', false, null],
  ['a_word_of_the_future', 'nothing', 'frozen', false, null],
  ['constructor', 'nothing', 'frozen', false, null],
] as const)('the status %s means %s, with money withdrawn %s', (status, unpaid, withdrawn, decided, notice) => {
  expect(stanceOf({ status, withdrawnCents: 0n })).toBe(unpaid)
  expect(stanceOf({ status, withdrawnCents: -1n })).toBe(unpaid)
  expect(stanceOf({ status, withdrawnCents: 1n })).toBe(withdrawn)
  expect(isDecided(status)).toBe(decided)
  expect(noticeOf({ status, withdrawnCents: 0n })).toBe(notice)
})

test('a word of the future that took money is told as a dispute, and has words of its own', () => {
  expect(noticeOf({ status: 'a_word_of_the_future', withdrawnCents: 500n })).toBe('dispute_opened')
  expect(disputeText('a_word_of_the_future')).toBe('Disputed')
  expect(disputeText('toString')).toBe('Disputed')
})

test('every status says something different to people', () => {
  const statuses = [
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'prevented',
    'needs_response',
    'under_review',
    'won',
    'lost',
    'appeal_needs_response',
    'appeal_under_review',
  ]
  expect(statuses.map(disputeText)).toMatchInlineSnapshot(`
    [
      "The bank asks about this payment",
      "The bank looks into this payment",
      "The bank has closed its question",
      "Settled before it became a dispute",
      "Disputed",
      "Disputed, with the bank",
      "Dispute decided for the platform",
      "Dispute decided for the cardholder",
      "Decided for the cardholder, appeal possible",
      "Decided for the cardholder, appeal under review",
    ]
  `)
})
