import { useCallback } from 'react'
import { useFormats, useLocale, useTexts } from '#texts'
import type { Problem } from './api'

/**
 * What a refusal says to the person. The doors answer in English, in the most exact words there are; in other languages it is
 * what the field or the code means, and the English words where neither is known here.
 */
export function useProblemWords(): (problem: Problem) => string {
  const t = useTexts('problems')
  const f = useFormats()
  const locale = useLocale()
  return useCallback(
    (problem) => {
      const { code, field, facts, message } = problem
      if (locale === 'en') return message
      if (code === 'unreachable' || code === 'unknown') return t(code)
      if (code === 'amount_too_small' && typeof facts.limit === 'string')
        return t('least', { limit: f.money(facts.limit) })
      if (code === 'amount_too_large' && typeof facts.limit === 'string')
        return t('most', { limit: f.money(facts.limit) })
      if (field && t.has(`fields.${field}`)) return t(`fields.${field}` as 'fields.timeZone')
      return t.has(`codes.${code}`) ? t(`codes.${code}` as 'codes.conflict') : message
    },
    [t, f, locale],
  )
}
