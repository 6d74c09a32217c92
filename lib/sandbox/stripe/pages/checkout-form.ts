import type { Submission, TypedCard } from '../checkout/pay-session'
import type { TypedBankAccount } from '../payments/bank-account-details'
import type { CollectedDetails } from '../state/collections'

/** What came from the form, and what is wrong with it by field name. */
export interface ReadForm {
  submission: Submission
  problems: Record<string, string>
}

export interface FormNeeds {
  /** What can be paid with when the form does not say; null when nothing is due. */
  usualChoice: 'new' | 'bank' | null
  email: boolean
  address: boolean
  /** The tax depends on the country, and in the US on the state. */
  taxPlace: boolean
  taxId: boolean
  terms: boolean
}

/** Reads the hosted page's form. */
export function readCheckoutForm(form: URLSearchParams, needs: FormNeeds): ReadForm {
  const field = (name: string) => (form.get(name) ?? '').trim()
  const problems: Record<string, string> = {}
  const choice = needs.usualChoice && (field('payment_choice') || needs.usualChoice)
  const card = choice === 'new' ? readCard(field, problems) : null
  const bankAccount = choice === 'bank' ? readBankAccount(field, problems) : null

  if (needs.email && !/^\S+@\S+\.\S+$/.test(field('email'))) problems.email = 'Enter an e-mail address.'
  if (needs.address) {
    for (const [name, label] of addressFields) {
      if (name !== 'line2' && name !== 'state' && !field(name)) problems[name] = `Enter your ${label.toLowerCase()}.`
    }
  }
  if (needs.taxPlace) {
    const country = field('country')
    if (country && !/^[a-z]{2}$/i.test(country)) problems.country = 'Enter the country as two letters, such as US.'
    if (/^us$/i.test(country) && !/^[a-z]{2}$/i.test(field('state'))) {
      problems.state = 'Enter the state as two letters, such as CA.'
    }
  }
  if (needs.terms && !field('terms')) problems.terms = 'Accept the terms to go on.'
  if (needs.taxId && field('tax_id') && !field('business_name')) problems.business_name = 'Enter the business name.'
  return {
    submission: {
      card,
      bankAccount,
      savedCardId: card || bankAccount ? null : choice,
      collected: readDetails(field, needs, bankAccount?.holderName ?? null),
    },
    problems,
  }
}

export const addressFields = [
  ['line1', 'Address'],
  ['line2', 'Apartment or suite'],
  ['city', 'City'],
  ['state', 'State'],
  ['postal_code', 'Postal code'],
  ['country', 'Country'],
] as const

/** A card as typed; what is missing goes into `problems`. */
export function readCard(field: (name: string) => string, problems: Record<string, string>): TypedCard {
  const expiry = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(field('expiry'))
  if (!field('card_number')) problems.card_number = 'Enter a card number.'
  if (!expiry) problems.expiry = 'Enter the expiry as MM / YY.'
  if (!field('cvc')) problems.cvc = 'Enter the security code.'
  if (!field('name')) problems.name = 'Enter the name on the card.'
  return {
    number: field('card_number'),
    expMonth: Number(expiry?.[1]),
    expYear: Number(expiry?.[2]),
    cvc: field('cvc'),
  }
}

function readBankAccount(field: (name: string) => string, problems: Record<string, string>): TypedBankAccount {
  if (!field('routing_number')) problems.routing_number = 'Enter the routing number.'
  if (!field('account_number')) problems.account_number = 'Enter the account number.'
  if (!field('account_holder')) problems.account_holder = 'Enter the name of the account holder.'
  return {
    routingNumber: field('routing_number'),
    accountNumber: field('account_number'),
    holderName: field('account_holder'),
  }
}

function readDetails(
  field: (name: string) => string,
  needs: FormNeeds,
  accountHolder: string | null,
): CollectedDetails {
  const taxId = field('tax_id')
  return {
    email: field('email') || null,
    name: accountHolder ?? (field('name') || null),
    businessName: field('business_name') || null,
    address: needs.address ? readAddress(field) : null,
    taxId: taxId ? { type: field('tax_id_type') || 'unknown', value: taxId } : null,
    savesCard: field('save') !== '',
    acceptsTerms: field('terms') !== '',
    acceptsPromotions: field('promotions') !== '',
  }
}

function readAddress(field: (name: string) => string) {
  return {
    line1: field('line1') || null,
    line2: field('line2') || null,
    city: field('city') || null,
    state: field('state').toUpperCase() || null,
    postal_code: field('postal_code') || null,
    country: field('country').toUpperCase() || null,
  }
}
