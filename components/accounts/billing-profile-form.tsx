'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useRef } from 'react'
import type { BillingProfileDto } from '@/lib/domain/accounts'
import { accountUrl } from '../api'
import { Field, Input, Select } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { displayDay } from '../ui/time'
import { usePost } from '../use-post'

interface Choice {
  value: string
  label: string
}

type BillingProfileFormProps = {
  profile: BillingProfileDto
  canWrite: boolean
  countries: Choice[]
  taxIdTypes: Choice[]
  timeZones: string[]
}

type TextName = Exclude<keyof BillingProfileDto, 'accountId' | 'nextTimeZone' | 'nextTimeZoneFrom'>

const texts: { name: TextName; label: string; autoComplete: string; isWide?: boolean }[] = [
  { name: 'accountName', label: 'Account name', autoComplete: 'organization' },
  { name: 'billingEmail', label: 'Billing e-mail', autoComplete: 'email' },
  { name: 'billingName', label: 'Name on receipts', autoComplete: 'name', isWide: true },
  { name: 'addressLine1', label: 'Address', autoComplete: 'address-line1', isWide: true },
  { name: 'addressLine2', label: 'Address, second line', autoComplete: 'address-line2', isWide: true },
  { name: 'addressPostalCode', label: 'Postal code', autoComplete: 'postal-code' },
  { name: 'addressCity', label: 'City', autoComplete: 'address-level2' },
  { name: 'addressState', label: 'State or province', autoComplete: 'address-level1' },
]

const shownFields = [...texts.map(({ name }) => name), 'addressCountry', 'taxIdType', 'taxIdValue', 'timeZone']

/** Who pays: what stands on receipts, where they go, and in which zone billing months run. */
export function BillingProfileForm({ profile, canWrite, countries, taxIdTypes, timeZones }: BillingProfileFormProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const save = usePost<BillingProfileDto>(accountUrl(profile.accountId, 'billing-profile'), () => router.refresh())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const typed = Object.fromEntries(new FormData(form.current!))
    save.send({ ...typed, taxIdType: typed.taxIdType || null, taxIdValue: typed.taxIdValue || null })
  }
  const { timeZone, nextTimeZone, nextTimeZoneFrom } = profile
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <fieldset disabled={!canWrite} className="flex flex-col gap-4">
        <legend className="sr-only">Billing profile</legend>
        <div className="grid gap-4 sm:grid-cols-2">
          {texts.map(({ name, label, autoComplete, isWide }) => (
            <Field key={name} label={label} error={save.fieldError(name)} className={isWide ? 'sm:col-span-2' : ''}>
              {(control) => (
                <Input {...control} name={name} autoComplete={autoComplete} defaultValue={profile[name] ?? ''} />
              )}
            </Field>
          ))}
          <Field label="Country" error={save.fieldError('addressCountry')}>
            {(control) => (
              <Select {...control} name="addressCountry" autoComplete="country" defaultValue={profile.addressCountry}>
                <option value="">Not given</option>
                <Options choices={countries} />
              </Select>
            )}
          </Field>
          <Field label="Tax id type" error={save.fieldError('taxIdType')}>
            {(control) => (
              <Select {...control} name="taxIdType" defaultValue={profile.taxIdType ?? ''}>
                <option value="">None</option>
                <Options choices={taxIdTypes} />
              </Select>
            )}
          </Field>
          <Field label="Tax id" error={save.fieldError('taxIdValue')}>
            {(control) => <Input {...control} name="taxIdValue" defaultValue={profile.taxIdValue ?? ''} />}
          </Field>
          <Field
            label="Billing time zone"
            error={save.fieldError('timeZone')}
            hint={
              nextTimeZone && nextTimeZoneFrom
                ? `${nextTimeZone} takes effect on ${displayDay(nextTimeZoneFrom, timeZone)}. Until then months run in ${timeZone}.`
                : 'Months and days run in this zone. A change takes effect next month.'
            }
            className="sm:col-span-2"
          >
            {(control) => (
              <Select {...control} name="timeZone" defaultValue={nextTimeZone ?? timeZone}>
                <Options choices={timeZones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))} />
              </Select>
            )}
          </Field>
        </div>
        <FormFooter
          isPending={save.isPending}
          isDone={save.isDone}
          problem={save.problemBeside(shownFields)}
          saveLabel="Save profile"
        />
      </fieldset>
    </form>
  )
}

const Options = ({ choices }: { choices: Choice[] }) =>
  choices.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ))
