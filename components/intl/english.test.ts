import { describe, expect, it } from 'vitest'
import { formatsOf } from '@/lib/core/formats'
import { cents, formatMoney, type Money, zero } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import { decideState, decideWarning, type StandingFacts } from '@/lib/domain/accounts/rules'
import type { AttemptDto, AutoTopUpDto } from '@/lib/domain/auto-top-up'
import type { TopUpSetting } from '@/lib/domain/auto-top-up/rules'
import { noteText, outcomeText, stateText, waitingText, whyText } from '@/lib/domain/auto-top-up/words'
import { disputeText } from '@/lib/domain/disputes/rules'
import { movementText, type TransferKind, transferKinds } from '@/lib/domain/ledger/rules'
import { cardName } from '@/lib/domain/payment-methods/rules'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { explanationOf, nextStepOf, purchaseStates, purchaseStateText } from '@/lib/domain/purchases/rules'
import { blockText, failureText, refundStates, refundStateText } from '@/lib/domain/refunds/rules'
import { en as messages } from '@/messages/en'
import { stateNotice, warningNotice } from '../accounts/standing-words'
import { noteWords, outcomeWords, stateWords, waitingWords, whyWords } from '../auto-top-up/words'
import { statusWords } from '../disputes/words'
import { movementWords } from '../ledger/words'
import { cardWords } from '../payment-methods/words'
import { explanationWords, stepWords } from '../purchases/words'
import { failureWords } from '../refunds/words'
import { textsOf } from './server'

/** The API and the mails say it in the domain's words, the pages in the messages: in English both are the same. */
const f = formatsOf('en')

describe('where the account stands', () => {
  const t = textsOf('en', 'accounts.standing')
  const month = { period: '2026-11', endsAt: new Date('2026-12-01T00:00:00Z'), timeZone: 'UTC', warnAtPercent: [80] }
  const calm: StandingFacts = {
    suspendedAt: null,
    balance: cents(1000),
    held: zero(),
    creditLimit: zero(),
    isPausedForPayment: false,
    isInvoicePastDue: false,
    hasInvoiceProblem: false,
    hasPaymentMethod: true,
    isTakenBackDebt: false,
    frozen: zero(),
    month: { ...month, spent: cents(1234), limit: null },
    autoTopUp: { isOn: true, state: 'on', isInProgress: false },
  }
  const standingOf = (facts: StandingFacts): StandingDto => {
    const print = (amount: Money) => formatMoney(amount)
    const { spent, limit } = facts.month
    return {
      state: decideState(facts),
      warning: decideWarning(facts),
      balance: print(facts.balance),
      held: print(facts.held),
      creditLimit: print(facts.creditLimit),
      frozen: print(facts.frozen),
      isTakenBackDebt: facts.isTakenBackDebt,
      isTopUpInProgress: facts.autoTopUp.isInProgress,
      month: {
        ...month,
        endsAt: month.endsAt.toISOString(),
        spent: print(spent),
        limit: limit && print(limit),
        percent: limit && Number((spent.nanos * 100n) / limit.nanos),
      },
    } as unknown as StandingDto
  }
  const off = { isOn: false, state: 'off', isInProgress: false }

  it.each<[string, Partial<StandingFacts>]>([
    ['suspended by the operator', { suspendedAt: new Date() }],
    ['at its cap', { month: { ...calm.month, limit: cents(1234) } }],
    ['out of credit, with a card', { balance: zero() }],
    ['out of credit, without one', { balance: zero(), hasPaymentMethod: false }],
    [
      'in debt while a top-up runs',
      { balance: cents(-12), autoTopUp: { isOn: true, state: 'on', isInProgress: true } },
    ],
    ['in debt with frozen credit', { balance: cents(-12), frozen: cents(300), hasPaymentMethod: false }],
    ['post-paid and at its credit limit', { balance: cents(-5000), creditLimit: cents(5000), isTakenBackDebt: true }],
    ['paused for an invoice', { isPausedForPayment: true }],
    ['in debt for what was taken back', { balance: cents(-1200), isTakenBackDebt: true }],
  ])('is said alike when it is %s', (_, changed) => {
    const standing = standingOf({ ...calm, ...changed })
    expect(standing.state.kind).not.toBe('active')
    const { title, detail } = standing.state
    expect(stateNotice(t, f, standing)).toEqual({ title, detail })
  })

  it.each<[string, Partial<StandingFacts>]>([
    ['a top-up needs the customer', { autoTopUp: { isOn: true, state: 'needs_you', isInProgress: false } }],
    ['auto top-up is paused', { autoTopUp: { isOn: true, state: 'paused', isInProgress: false } }],
    ['a payment is disputed', { frozen: cents(2500) }],
    ['the cap is near', { month: { ...calm.month, limit: cents(1500) } }],
    ['an invoice needs the customer', { hasInvoiceProblem: true }],
    ['an invoice is past due', { isInvoicePastDue: true }],
    ['the credit limit is near', { balance: cents(-4000), held: cents(100), creditLimit: cents(5000) }],
    ['credit runs low', { balance: cents(150), held: cents(75), autoTopUp: off }],
  ])('is warned of alike when %s', (_, changed) => {
    const standing = standingOf({ ...calm, ...changed })
    const { title, detail } = standing.warning!
    expect(warningNotice(t, f, standing)).toEqual({ title, detail })
  })
})

it('says alike what a movement was', () => {
  const t = textsOf('en', 'ledger')
  const sources = [null, 'signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment'] as const
  for (const kind of Object.keys(transferKinds) as TransferKind[]) {
    for (const source of sources) {
      for (const cause of ['grant:x/1', 'expired_hold:x']) {
        expect(movementWords(t, { kind, cause, source })).toBe(movementText({ kind, cause, source }))
      }
    }
  }
})

it('says alike where a purchase stands, what that means and what to do', () => {
  const t = textsOf('en', 'purchases')
  const explanations = textsOf('en', 'purchases.explanations')
  const banks = textsOf('en', 'payment-methods.said')
  const steps = textsOf('en', 'purchases.steps')
  for (const state of purchaseStates) {
    expect(t(`states.${state}`)).toBe(purchaseStateText(state))
    for (const checkoutUrl of [null, 'https://pay.example']) {
      for (const [isPageOver, reason, isBankDebit] of [
        [false, null, false],
        [true, null, true],
        [false, 'Your card was declined', false],
      ] as const) {
        const bankAccount = isBankDebit ? { name: 'Bank', last4: '6789' } : null
        const purchase = { state, checkoutUrl, isPageOver, reason, bankAccount } as PurchaseDto
        const explained = { state, checkoutUrl, isPageOver, reason, isBankDebit }
        expect(explanationWords(explanations, banks, purchase)).toBe(explanationOf(explained))
        const step = nextStepOf(state, checkoutUrl)
        if (step) expect(stepWords(steps, purchase)).toBe(step.label)
      }
    }
  }
})

it('says alike what became of refunds and disputes, and which card it was', () => {
  const refunds = textsOf('en', 'refunds')
  for (const state of refundStates) expect(refunds(`states.${state}`)).toBe(refundStateText(state))
  for (const block of Object.keys(messages.refunds.blocks) as (keyof typeof messages.refunds.blocks)[]) {
    expect(refunds(`blocks.${block}`)).toBe(blockText(block))
  }
  const failures = textsOf('en', 'refunds.failures')
  for (const failureCode of [...Object.keys(messages.refunds.failures), 'a_new_code']) {
    expect(failureWords(failures, { failureCode })).toBe(failureText(failureCode))
  }
  const statuses = textsOf('en', 'disputes.statuses')
  for (const status of [...Object.keys(messages.disputes.statuses), 'a_new_status']) {
    expect(statusWords(statuses, { status })).toBe(disputeText(status))
  }
  const cards = textsOf('en', 'payment-methods')
  for (const card of [
    { brand: 'visa', last4: '4242' },
    { brand: 'cartes', last4: '0001' },
  ]) {
    expect(cardWords(cards, card)).toBe(cardName(card))
  }
})

describe('auto top-up', () => {
  const card = textsOf('en', 'auto-top-up.card')
  const timeline = textsOf('en', 'auto-top-up.timeline')
  const banks = textsOf('en', 'payment-methods.said')
  const waits = textsOf('en', 'auto-top-up.waits')
  const plan = { isOn: true, minimum: cents(500), mode: 'amount', amount: cents(2500), target: cents(5000) } as const

  it('says alike where it stands', () => {
    const pauses = [null, ...Object.keys(messages['auto-top-up'].card.pauses)] as (
      | keyof (typeof messages)['auto-top-up']['card']['pauses']
      | null
    )[]
    for (const state of ['off', 'on', 'cooling', 'paused', 'needs_you'] as const) {
      for (const pausedReason of pauses) {
        for (const [mode, limit, declines, confirming] of [
          ['amount', null, 1, null],
          ['target', cents(10000), 3, cents(2500)],
        ] as const) {
          const setting = {
            ...plan,
            mode,
            monthlyLimit: limit,
            pausedReason,
            consecutiveDeclines: declines,
          } as TopUpSetting
          const dto = {
            state,
            pausedReason,
            declinesInARow: declines,
            confirming: confirming && formatMoney(confirming),
            setting: {
              isOn: true,
              mode,
              minimum: formatMoney(plan.minimum),
              amount: formatMoney(plan.amount),
              target: formatMoney(plan.target),
              monthlyLimit: limit && formatMoney(limit),
            },
          } as AutoTopUpDto
          expect(stateWords(card, f, dto)).toBe(stateText(state, setting, confirming))
        }
      }
    }
  })

  it('says alike why nothing is bought, and what it did', () => {
    const reasons = [...Object.keys(messages['auto-top-up'].waits), 'stopped_by_breaker', 'off', 'no_payment_method']
    for (const reason of [...reasons, 'card_declined_too_often', 'resumed'] as Parameters<typeof noteText>[0][]) {
      if (reason !== 'resumed') expect(waitingWords(waits, reason)).toBe(waitingText(reason))
      expect(noteWords(timeline, waits, { reason })).toBe(noteText(reason))
    }
    const states = ['charging', 'unknown', 'requires_action', 'succeeded', 'declined', 'canceled'] as const
    for (const state of states) {
      for (const [last4, message, paymentIntentId] of [
        ['4242', 'Your card was declined.', 'pi_1'],
        [null, null, null],
      ] as const) {
        const said = { state, message, card: last4 && { brand: 'visa', last4 } }
        const dto = { ...said, amount: '25.00', isBankAsked: paymentIntentId !== null } as AttemptDto
        expect(outcomeWords(timeline, banks, f, dto)).toBe(
          outcomeText({ ...said, card: said.card || null, amount: cents(2500), paymentIntentId }),
        )
      }
    }
    for (const available of ['5.00', '4.95']) {
      const facts = { available, minimum: '5.00' }
      expect(whyWords(timeline, f, facts as AttemptDto)).toBe(whyText(facts))
    }
  })
})
