'use client'

import clsx from 'clsx'
import { type FormEvent, useEffect, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import { Refusal } from '@/lib/core/errors'
import { add, formatMoney, type Money, parseMoney } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import { largestPurchase, parsePurchaseAmount, presetAmounts, smallestPurchase } from '@/lib/domain/purchases/rules'
import { useStanding } from '../accounts/queries'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Checkbox, Field, MoneyInput } from '../ui/field'
import { usePost } from '../use-post'

/** Without the cents, which a whole amount does not need. */
const presets = presetAmounts.map((amount) => formatMoney(amount).replace('.00', ''))

/** The operator's own limit is lower and told by the server; this is the most that any installation allows. */
const largest = largestPurchase(999_999)

/** Picks or types an amount and goes to Stripe to pay it. Credit appears when Stripe says it is paid. */
export function BuyForm({ initial }: { initial: StandingDto }) {
  const t = useTexts('purchases.buy')
  const f = useFormats()
  const { read } = useAmounts()
  const { standing } = useStanding(initial)
  const [text, setText] = useState('25')
  const [saveCard, setSaveCard] = useState(false)
  const checkout = usePost<{ checkoutUrl: string }>(accountUrl(initial.accountId, 'purchases'), ({ checkoutUrl }) =>
    location.assign(checkoutUrl),
  )
  const { reset } = checkout

  useEffect(() => {
    // Coming back with the browser's own button restores this page as it was left: with the button busy.
    const onShow = (event: PageTransitionEvent) => event.persisted && reset()
    window.addEventListener('pageshow', onShow)
    return () => window.removeEventListener('pageshow', onShow)
  })

  /** The same rule that the server applies, so that the sentence appears before anything is sent. */
  const check = (): { amount: Money | null; error: string | null } => {
    const typed = read(text)
    if (!typed.amount) return typed
    try {
      return { amount: parsePurchaseAmount(formatMoney(typed.amount), largest), error: null }
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      const { limit } = refusal.facts
      if (refusal.code !== 'amount_too_small' && refusal.code !== 'amount_too_large') {
        return { amount: null, error: t('invalid_amount') }
      }
      return { amount: null, error: t(refusal.code, { limit: f.money(String(limit)) }) }
    }
  }
  const { amount, error } = check()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    checkout.send({ amount: amount ? formatMoney(amount) : text, saveCard }, { amount: error })
  }
  const problem = checkout.problemBeside(['amount'])

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <fieldset>
        <legend className="mb-1 font-medium">{t('choose')}</legend>
        <div className="grid grid-cols-4 gap-2">
          {presets.map((preset) => (
            <label
              key={preset}
              className={clsx(
                'flex min-h-10 cursor-pointer items-center justify-center rounded-ui border border-hairline font-medium',
                'hover:bg-sunken has-checked:border-accent-ink has-checked:bg-accent-soft has-checked:text-accent-ink',
                'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-ink',
              )}
            >
              <input
                type="radio"
                name="preset"
                value={preset}
                checked={text === preset}
                onChange={() => setText(preset)}
                className="sr-only"
              />
              {f.plainMoney(preset)}
            </label>
          ))}
        </div>
      </fieldset>

      <Field
        label={t('other')}
        error={checkout.fieldError('amount')}
        hint={t('otherHint', { smallest: f.money(smallestPurchase) })}
      >
        {(control) => (
          <MoneyInput
            {...control}
            name="amount"
            value={text}
            onChange={(event) => setText(event.target.value)}
            required
          />
        )}
      </Field>

      <Checkbox
        name="saveCard"
        checked={saveCard}
        onChange={(event) => setSaveCard(event.target.checked)}
        label={t('saveCard')}
        hint={t('saveCardHint')}
      />

      <p className="flex justify-between gap-4 border-t border-hairline pt-3">
        <span className="text-muted">{t('after')}</span>
        <output className="font-semibold">{amount ? f.money(after(standing, amount)) : '–'}</output>
      </p>

      {problem && (
        <Banner tone="bad" title={problem.message} isAnnounced>
          {t('uncharged')}
        </Banner>
      )}
      <Button
        type="submit"
        look="primary"
        isWide
        isBusy={checkout.isPending || checkout.isDone}
        busyLabel={t('opening')}
      >
        {t('go')}
      </Button>
    </form>
  )
}

const after = (standing: StandingDto, amount: Money) => add(parseMoney(standing.balance), amount)
