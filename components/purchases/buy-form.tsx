'use client'

import clsx from 'clsx'
import { type FormEvent, useEffect, useState } from 'react'
import { Refusal } from '@/lib/core/errors'
import { add, displayMoney, formatMoney, type Money, parseMoney } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import { largestPurchase, parsePurchaseAmount, presetAmounts, smallestPurchase } from '@/lib/domain/purchases/rules'
import { useStanding } from '../accounts/queries'
import { accountUrl } from '../api'
import { readAmount } from '../money-input'
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

  const { amount, error } = checkAmount(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    checkout.send({ amount: amount ? formatMoney(amount) : text, saveCard }, { amount: error })
  }
  const problem = checkout.problemBeside(['amount'])

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <fieldset>
        <legend className="mb-1 font-medium">Choose an amount</legend>
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
              ${preset}
            </label>
          ))}
        </div>
      </fieldset>

      <Field
        label="Or another amount"
        error={checkout.fieldError('amount')}
        hint={`${displayMoney(smallestPurchase)} or more. Promotion codes and tax, if any, are on the payment page.`}
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
        label="Save the card for auto top-up"
        hint="You allow us to charge this card later, without you present, once you turn auto top-up on and within the limits you set there. You can remove it at any time."
      />

      <p className="flex justify-between gap-4 border-t border-hairline pt-3">
        <span className="text-muted">Balance after payment</span>
        <output className="font-semibold">{amount ? displayMoney(after(standing, amount)) : '–'}</output>
      </p>

      {problem && (
        <Banner tone="bad" title={problem.message} isAnnounced>
          Nothing was charged.
        </Banner>
      )}
      <Button
        type="submit"
        look="primary"
        isWide
        isBusy={checkout.isPending || checkout.isDone}
        busyLabel="Opening the payment page…"
      >
        Continue to payment
      </Button>
    </form>
  )
}

const after = (standing: StandingDto, amount: Money) => add(parseMoney(standing.balance), amount)

/** The same rule that the server applies, so that the sentence appears before anything is sent. */
function checkAmount(text: string): { amount: Money | null; error: string | null } {
  const { amount, error } = readAmount(text)
  if (!amount) return { amount, error }
  try {
    return { amount: parsePurchaseAmount(formatMoney(amount), largest), error: null }
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    return { amount: null, error: refusal.message }
  }
}
