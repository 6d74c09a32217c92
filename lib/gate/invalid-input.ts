/** Malformed input in words: which field, and how to correct it. */
import type { z } from '@hono/zod-openapi'
import { Refusal } from '@/lib/core/errors'

type Issue = z.core.$ZodIssue

/** "events.0.model": where the issue is; for an unknown field, the field itself. */
export function fieldOf(issue: Issue): string {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return [...path, issue.keys[0] ?? ''].join('.')
  return path.join('.') || 'body'
}

export function sentenceOf(issue: Issue): string {
  const field = fieldOf(issue)
  if (issue.code === 'unrecognized_keys')
    return `${field} is not a field of this request. Remove it or correct its name.`
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${field} is missing.`
  return `${field}: ${issue.message}`
}

/** @returns the Refusal `invalid_request` that names the first thing to correct, and lists the others. */
export function invalidInput(error: z.core.$ZodError): Refusal {
  const [first] = error.issues
  return new Refusal('invalid_request', {
    field: first ? fieldOf(first) : 'body',
    message: first ? sentenceOf(first) : 'The request is malformed.',
    issues: error.issues.slice(0, 20).map((issue) => ({ field: fieldOf(issue), message: sentenceOf(issue) })),
  })
}
