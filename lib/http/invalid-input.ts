/** Malformed input in words: which field, and what is wrong with it. */
import type * as z from 'zod'
import { Refusal } from '@/lib/core/errors'

type Issue = z.core.$ZodIssue

const mostIssues = 20

/** The refusal for input that does not fit its schema: names the first thing to correct, and lists the others. */
export function invalidInput(error: { issues: Issue[] }): Refusal {
  const issues = error.issues
    .slice(0, mostIssues)
    .map((issue) => ({ field: fieldOf(issue), message: sentenceOf(issue) }))
  const first = issues[0] ?? { field: 'body', message: 'The request is malformed.' }
  return new Refusal('invalid_request', { ...first, issues })
}

/** "warnAtPercent.0": where the issue is; for an unknown field, the field itself. */
function fieldOf(issue: Issue): string {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return [...path, issue.keys[0]].join('.')
  return path.join('.') || 'body'
}

function sentenceOf(issue: Issue): string {
  const field = fieldOf(issue)
  if (issue.code === 'unrecognized_keys')
    return `${field} is not a field of this request. Remove it or correct its name.`
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${field} is missing.`
  return `${field}: ${issue.message}.`.replace(/\.\.$/, '.')
}
