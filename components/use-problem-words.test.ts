import { expect, it, test } from 'vitest'
import { formatsOf } from '@/lib/core/formats'
import { problemKinds } from '@/lib/http/problems'
import { textsOf } from './intl/server'
import { problemWords } from './use-problem-words'

const f = formatsOf('de')
const t = textsOf('de', 'problems')

it.each([...Object.keys(problemKinds), 'unreachable', 'unknown', 'internal_error', 'a_new_code'])(
  'says %s in the language of the person, whatever field it names',
  (code) => {
    for (const locale of ['de', 'ar'] as const) {
      for (const field of [undefined, 'email', 'limit', 'aNewField']) {
        const words = problemWords(textsOf(locale, 'problems'), formatsOf(locale), { code, field, facts: {} })
        if (locale === 'ar') expect(words).toMatch(/\p{Script=Arabic}/u)
        else expect(words).not.toMatch(/\b(the|is|not|and|your|you|this|was|has)\b/i)
        expect(words).not.toMatch(/problems\.|codes\./)
      }
    }
  },
)

test('what says more comes first: a limit, a code of its own, a field', () => {
  const say = (code: string, field?: string, facts = {}) => problemWords(t, f, { code, field, facts })
  expect(say('amount_too_small', 'amount', { limit: '5.00' })).toMatch(/^Mindestens 5,00\s\$/)
  expect(say('already_invited', 'email')).toBe(t('codes.already_invited'))
  expect(say('invalid_request', 'email')).toBe(t('fields.email'))
  expect(say('invalid_amount', 'amount')).toBe(t('codes.invalid_amount'))
  expect(say('rate_limited')).toBe(t('codes.other'))
})
