import type Stripe from 'stripe'
import { testBankAccounts, testRoutingNumber } from '../payments/test-bank-accounts'
import { testCards } from '../payments/test-cards'
import { cardFields, checkbox, type FormView, field } from './fields'
import { describeCard, groupDigits } from './format'
import { type Html, html } from './html'

export interface Choices {
  saved: Stripe.PaymentMethod[]
  takesCards: boolean
  takesBankAccounts: boolean
  /** Whether the payer may keep the card for next time. */
  canSave: boolean
  merchant: string
}

/** How to pay: saved cards, a new card, a bank account; one fieldset each for what is typed. */
export function paymentChoice(view: FormView, choices: Choices): Html {
  const { saved, takesCards, takesBankAccounts } = choices
  return html`${choiceList(view, choices)}
${
  takesCards &&
  html`<fieldset class="new-card"><legend>${saved.length ? 'New card' : 'Card'}</legend>
${cardFields(view)}
${choices.canSave && checkbox(view, 'save', 'Save this card for future purchases')}
</fieldset>`
}
${takesBankAccounts && bankFieldset(view, choices.merchant)}`
}

function choiceList(view: FormView, { saved, takesCards, takesBankAccounts }: Choices): Html | null {
  const options = [
    ...saved.map((method) => ({
      value: method.id,
      label: describeCard(method.card!),
      note: `expires ${String(method.card!.exp_month).padStart(2, '0')} / ${method.card!.exp_year % 100}`,
    })),
    ...(takesCards ? [{ value: 'new', label: saved.length ? 'Use another card' : 'Card', note: null }] : []),
    ...(takesBankAccounts ? [{ value: 'bank', label: 'US bank account', note: 'takes about 4 days' }] : []),
  ]
  if (options.length < 2) return null
  const chosen = view.values.payment_choice ?? options[0]!.value
  const rows = options.map(
    ({ value, label, note }) =>
      html`<label class="choice"><input type="radio" name="payment_choice" value="${value}"${value === chosen && html` checked`}> ${label} ${note && html`<small>${note}</small>`}</label>`,
  )
  return html`<fieldset><legend>Pay with</legend>${rows}</fieldset>`
}

function bankFieldset(view: FormView, merchant: string): Html {
  return html`<fieldset class="bank-account"><legend>US bank account</legend>
${field(view, { name: 'account_holder', label: 'Account holder', autocomplete: 'name' })}
<div class="row">
${field(view, { name: 'routing_number', label: 'Routing number', inputmode: 'numeric', placeholder: testRoutingNumber, maxlength: 11 })}
${field(view, { name: 'account_number', label: 'Account number', inputmode: 'numeric', placeholder: testBankAccounts[0]!.number, maxlength: 20 })}
</div>
<p class="fine">You allow ${merchant} to debit this account for the amount above. The bank answers in about four days; until then the payment is on its way.</p>
</fieldset>`
}

/** Filled in by the script on a click; without it the numbers can be copied. */
export function testNumbers(
  { takesCards, takesBankAccounts }: Pick<Choices, 'takesCards' | 'takesBankAccounts'>,
  isOpen = true,
): Html {
  const cards = testCards
    .filter((testCard) => testCard.purpose)
    .map(
      ({ number, purpose }) =>
        html`<li><button type="button" data-test-card="${groupDigits(number)}"><span>${purpose}</span><code>${groupDigits(number)}</code></button></li>`,
    )
  const accounts = testBankAccounts.map(
    ({ number, purpose }) =>
      html`<li><button type="button" data-test-account="${number}" data-test-routing="${testRoutingNumber}"><span>${purpose}</span><code>${number}</code></button></li>`,
  )
  return html`${takesCards && html`<details class="test-cards"${isOpen && html` open`}><summary>Test cards</summary><p class="fine">Press one to fill the form. Any future expiry and any security code will do.</p><ul>${cards}</ul></details>`}
${takesBankAccounts && html`<details class="test-cards" open><summary>Test bank accounts</summary><p class="fine">Press one to fill the form. The routing number is ${testRoutingNumber}.</p><ul>${accounts}</ul></details>`}`
}
