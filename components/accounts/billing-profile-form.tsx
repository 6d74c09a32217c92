'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useRef } from 'react'
import { useFormats, useTexts } from '#texts'
import type { BillingProfileDto } from '@/lib/domain/accounts'
import { accountUrl } from '../api'
import { Field, Input, Select } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
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

type TextInput =
  | 'accountName'
  | 'billingEmail'
  | 'billingName'
  | 'addressLine1'
  | 'addressLine2'
  | 'addressPostalCode'
  | 'addressCity'
  | 'addressState'

const texts: { name: TextInput; autoComplete: string; isWide?: boolean }[] = [
  { name: 'accountName', autoComplete: 'organization' },
  { name: 'billingEmail', autoComplete: 'email' },
  { name: 'billingName', autoComplete: 'name', isWide: true },
  { name: 'addressLine1', autoComplete: 'address-line1', isWide: true },
  { name: 'addressLine2', autoComplete: 'address-line2', isWide: true },
  { name: 'addressPostalCode', autoComplete: 'postal-code' },
  { name: 'addressCity', autoComplete: 'address-level2' },
  { name: 'addressState', autoComplete: 'address-level1' },
]

const shownFields = [...texts.map(({ name }) => name), 'addressCountry', 'taxIdType', 'taxIdValue', 'timeZone']

/** Who pays: what stands on receipts, where they go, and in which zone billing months run. */
export function BillingProfileForm({ profile, canWrite, countries, taxIdTypes, timeZones }: BillingProfileFormProps) {
  const t = useTexts('accounts.profile')
  const f = useFormats()
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
        <legend className="sr-only">{t('title')}</legend>
        <div className="grid gap-4 sm:grid-cols-2">
          {texts.map(({ name, autoComplete, isWide }) => (
            <Field key={name} label={t(name)} error={save.fieldError(name)} className={isWide ? 'sm:col-span-2' : ''}>
              {(control) => (
                <Input {...control} name={name} autoComplete={autoComplete} defaultValue={profile[name] ?? ''} />
              )}
            </Field>
          ))}
          <Field label={t('country')} error={save.fieldError('addressCountry')}>
            {(control) => (
              <Select {...control} name="addressCountry" autoComplete="country" defaultValue={profile.addressCountry}>
                <option value="">{t('notGiven')}</option>
                <Options choices={countries} />
              </Select>
            )}
          </Field>
          <Field label={t('taxIdType')} error={save.fieldError('taxIdType')}>
            {(control) => (
              <Select {...control} name="taxIdType" defaultValue={profile.taxIdType ?? ''}>
                <option value="">{t('none')}</option>
                <Options choices={taxIdTypes} />
              </Select>
            )}
          </Field>
          <Field label={t('taxId')} error={save.fieldError('taxIdValue')}>
            {(control) => <Input {...control} name="taxIdValue" defaultValue={profile.taxIdValue ?? ''} />}
          </Field>
          <Field
            label={t('timeZone')}
            error={save.fieldError('timeZone')}
            hint={
              nextTimeZone && nextTimeZoneFrom
                ? t('zoneNext', { next: nextTimeZone, day: f.day(nextTimeZoneFrom, timeZone), zone: timeZone })
                : t('zoneHint')
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
          saveLabel={t('save')}
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
