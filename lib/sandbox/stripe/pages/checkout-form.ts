import type { Submission, TypedCard } from '../checkout/pay-session'
import type { CollectedDetails } from '../state/collections'

/** What came from the form, and what is wrong with it by field name. */
export interface ReadForm {
  submission: Submission
  problems: Record<string, string>
}

export interface FormNeeds {
  email: boolean
  address: boolean
  taxId: boolean
  terms: boolean
}

/** Reads the hosted page's form. */
export function readCheckoutForm(form: URLSearchParams, needs: FormNeeds): ReadForm {
  const field = (name: string) => (form.get(name) ?? '').trim()
  const problems: Record<string, string> = {}
  const choice = field('payment_choice') || 'new'
  const card = choice === 'new' ? readCard(field, problems) : null

  if (needs.email && !/^\S+@\S+\.\S+$/.test(field('email'))) problems.email = 'Enter an e-mail address.'
  if (needs.address) {
    for (const [name, label] of addressFields) {
      if (name !== 'line2' && name !== 'state' && !field(name)) problems[name] = `Enter your ${label.toLowerCase()}.`
    }
  }
  if (needs.terms && !field('terms')) problems.terms = 'Accept the terms to go on.'
  if (needs.taxId && field('tax_id') && !field('business_name')) problems.business_name = 'Enter the business name.'
  return {
    submission: { card, savedCardId: card || choice === 'new' ? null : choice, collected: readDetails(field, needs) },
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

function readCard(field: (name: string) => string, problems: Record<string, string>): TypedCard {
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

function readDetails(field: (name: string) => string, needs: FormNeeds): CollectedDetails {
  const taxId = field('tax_id')
  return {
    email: field('email') || null,
    name: field('name') || null,
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
    state: field('state') || null,
    postal_code: field('postal_code') || null,
    country: field('country') || null,
  }
}
