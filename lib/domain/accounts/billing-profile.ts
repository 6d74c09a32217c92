import * as z from 'zod'
import { isCountry } from '@/lib/core/countries'
import { normalizeEmail } from '@/lib/core/email'
import { Refusal } from '@/lib/core/errors'
import { isTaxIdType, normalizeTaxId, taxIdTypes } from '@/lib/core/tax-ids'
import { parseLine } from '@/lib/core/text'
import { isTimeZone } from '@/lib/core/time'
import { longestName } from './rules'
import type { BillingProfileRow } from './store'

/** What a person may say about the account. Empty text clears a field; a tax id needs its type and its value, or neither. */
export const billingProfileInput = z.strictObject({
  accountName: z.string(),
  billingName: z.string(),
  billingEmail: z.string(),
  addressLine1: z.string(),
  addressLine2: z.string(),
  addressCity: z.string(),
  addressState: z.string(),
  addressPostalCode: z.string(),
  addressCountry: z.string(),
  taxIdType: z.string().nullable(),
  taxIdValue: z.string().nullable(),
  timeZone: z.string(),
})

export type BillingProfileInput = z.infer<typeof billingProfileInput>

const addressFields = {
  addressLine1: 'The first address line',
  addressLine2: 'The second address line',
  addressCity: 'The city',
  addressState: 'The state',
  addressPostalCode: 'The postal code',
} as const

/**
 * The profile as it will be stored: tidied, and every field checked.
 * @throws Refusal `invalid_request` naming the first field to correct.
 */
export function checkBillingProfile(typed: BillingProfileInput, current: BillingProfileRow): BillingProfileRow {
  const address = Object.fromEntries(
    Object.entries(addressFields).map(([field, label]) => {
      return [field, parseLine(typed[field as keyof typeof addressFields], { field, label })]
    }),
  ) as Record<keyof typeof addressFields, string>
  return {
    accountName: parseLine(typed.accountName, {
      field: 'accountName',
      label: 'The account name',
      longest: longestName,
      isRequired: true,
    }),
    billingName: parseLine(typed.billingName, { field: 'billingName', label: 'The billing name' }),
    billingEmail: checkedEmail(typed.billingEmail),
    ...address,
    addressCountry: checkedCountry(typed.addressCountry),
    ...checkedTaxId(typed),
    timeZone: current.timeZone,
    nextTimeZone: checkedNextZone(typed.timeZone, current.timeZone),
  }
}

function checkedEmail(typed: string): string {
  const email = normalizeEmail(typed.trim())
  if (email) return email
  throw new Refusal('invalid_request', {
    field: 'billingEmail',
    message: 'Type one e-mail address, such as billing@example.com.',
  })
}

function checkedCountry(typed: string): string {
  const country = typed.trim().toUpperCase()
  if (country === '' || isCountry(country)) return country
  throw new Refusal('invalid_request', {
    field: 'addressCountry',
    message: 'Pick a country from the list (its two-letter ISO code).',
  })
}

function checkedTaxId({ taxIdType, taxIdValue }: BillingProfileInput) {
  const type = taxIdType?.trim() || null
  const value = taxIdValue?.trim() || null
  if (!type && !value) return { taxIdType: null, taxIdValue: null }
  if (!type || !isTaxIdType(type)) {
    throw new Refusal('invalid_request', { field: 'taxIdType', message: 'Pick the type of the tax id.' })
  }
  const number = value && normalizeTaxId(type, value)
  if (!number) {
    const { label, example } = taxIdTypes[type]
    throw new Refusal('invalid_request', {
      field: 'taxIdValue',
      message: `That is not a ${label}. It looks like ${example}.`,
    })
  }
  return { taxIdType: type, taxIdValue: number }
}

/** The zone in which the next month will run, or null when it is the present one (PRODUCT "Monthly budget cap"). */
function checkedNextZone(typed: string, current: string): string | null {
  const zone = typed.trim()
  if (zone === current) return null
  if (isTimeZone(zone)) return zone
  throw new Refusal('invalid_request', {
    field: 'timeZone',
    message: 'Pick a time zone by its name, such as Europe/Paris.',
  })
}
