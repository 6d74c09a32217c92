import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Problem, postJson } from './api'
import { useProblemWords } from './use-problem-words'

/**
 * Sends a form to a door. `fieldError(name)` is what the server said about that input; `problem` is set when it spoke of
 * the whole. Both are in the person's language.
 */
export function usePost<Answer>(url: string, onDone?: (answer: Answer) => void) {
  const [refusedByUs, setRefusedByUs] = useState<Record<string, string>>({})
  const mutation = useMutation<Answer, Problem, object>({
    mutationFn: (body) => postJson<Answer>(url, body),
    onSuccess: onDone,
  })
  const wordsOf = useProblemWords()
  const problem = mutation.error
  const message = problem && wordsOf(problem)
  return {
    /** `errors` are those that the form found itself: with any of them nothing is sent. */
    send(body: object, errors: Record<string, string | null | undefined> = {}) {
      const found = Object.entries(errors).filter((entry): entry is [string, string] => Boolean(entry[1]))
      setRefusedByUs(Object.fromEntries(found))
      if (found.length > 0) mutation.reset()
      else mutation.mutate(body)
    },
    reset() {
      setRefusedByUs({})
      mutation.reset()
    },
    fieldError: (name: string): string | undefined =>
      refusedByUs[name] ?? (problem?.field === name ? (message ?? undefined) : undefined),
    /** A refusal that no field of the form shows. */
    problemBeside: (fields: string[]): { message: string; code: string } | null =>
      problem && message && !fields.includes(problem.field ?? '') ? { message, code: problem.code } : null,
    isPending: mutation.isPending,
    isDone: mutation.isSuccess,
    answer: mutation.data,
  }
}
