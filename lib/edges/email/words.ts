/** The words of mails and of messages in chats, in the language of whoever they go to. */
import compile from 'icu-minify/compile'
import format from 'icu-minify/format'
import { type Formats, formatsOf } from '@/lib/core/formats'
import { isolated, type Locale } from '@/lib/core/locales'
import type { KeysOf } from '@/lib/core/message-keys'
import arMails from '@/messages/ar/mails.json'
import arPayments from '@/messages/ar/payment-methods.json'
import arRefunds from '@/messages/ar/refunds.json'
import deMails from '@/messages/de/mails.json'
import dePayments from '@/messages/de/payment-methods.json'
import deRefunds from '@/messages/de/refunds.json'
import enMails from '@/messages/en/mails.json'
import enPayments from '@/messages/en/payment-methods.json'
import enRefunds from '@/messages/en/refunds.json'

const english = { ...enMails, said: enPayments.said, failures: enRefunds.failures }

interface Tree {
  [key: string]: string | Tree
}

const catalogues: Record<Locale, Tree> = {
  en: english,
  de: { ...deMails, said: dePayments.said, failures: deRefunds.failures },
  ar: { ...arMails, said: arPayments.said, failures: arRefunds.failures },
}

/** The key of a message of messages/…/mails.json; `said` is from payment-methods.json, `failures` from refunds.json. */
export type MailKey = KeysOf<typeof english>

export interface MailWords {
  locale: Locale
  t: (key: MailKey, values?: Record<string, string | number>) => string
  has: (key: string) => key is MailKey
  /** Money, dates and numbers as the language writes them. */
  f: Formats
  /** A name or somebody's own words, to stand in a sentence: nothing in it turns the words around it. */
  name: (text: string) => string
}

const formatters = {
  getDateTimeFormat: (...args: ConstructorParameters<typeof Intl.DateTimeFormat>) => new Intl.DateTimeFormat(...args),
  getNumberFormat: (...args: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...args),
  getPluralRules: (...args: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...args),
}

const compiled = new Map<string, ReturnType<typeof compile>>()

const find = (locale: Locale, key: string): string | Tree | undefined =>
  key
    .split('.')
    .reduce<string | Tree | undefined>(
      (at, part) => (typeof at === 'object' && Object.hasOwn(at, part) ? at[part] : undefined),
      catalogues[locale],
    )

function messageOf(locale: Locale, key: MailKey): ReturnType<typeof compile> {
  const place = `${locale}/${key}`
  const message = compiled.get(place) ?? compile(find(locale, key) as string)
  compiled.set(place, message)
  return message
}

/** The words in a language. */
export const mailWords = (locale: Locale): MailWords => ({
  locale,
  t: (key, values) => String(format(messageOf(locale, key), locale, values, { formatters })),
  has: (key): key is MailKey => typeof find(locale, key) === 'string',
  f: formatsOf(locale),
  name: (text) => isolated(locale, text),
})
