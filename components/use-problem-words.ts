import { useCallback } from 'react'
import { type Formats, type Texts, useFormats, useLocale, useTexts } from '#texts'
import type { Problem } from './api'

/** Codes that say less than the field that they name. */
const aboutInput = new Set([
  'invalid_request',
  'invalid_amount',
  'amount_too_small',
  'amount_too_large',
  'conflict',
  'not_found',
])

/**
 * What a refusal says to the person. The doors answer in English, in the most exact words there are; in other languages it is
 * what the field or the code means, and something general where neither is known here.
 */
export function useProblemWords(): (problem: Problem) => string {
  const t = useTexts('problems')
  const f = useFormats()
  const locale = useLocale()
  return useCallback((problem) => (locale === 'en' ? problem.message : problemWords(t, f, problem)), [t, f, locale])
}

/** The same in the words of the messages. */
export function problemWords(
  t: Texts<'problems'>,
  f: Formats,
  { code, field, facts }: Pick<Problem, 'code' | 'field' | 'facts'>,
): string {
  if (code === 'unreachable' || code === 'unknown') return t(code)
  if (code === 'amount_too_small' && typeof facts.limit === 'string') return t('least', { limit: f.money(facts.limit) })
  if (code === 'amount_too_large' && typeof facts.limit === 'string') return t('most', { limit: f.money(facts.limit) })
  if (field && aboutInput.has(code) && t.has(`fields.${field}`)) return t(`fields.${field}` as 'fields.timeZone')
  return t(t.has(`codes.${code}`) ? (`codes.${code}` as 'codes.conflict') : 'codes.other')
}
