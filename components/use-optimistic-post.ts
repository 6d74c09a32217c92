import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Problem, postJson } from './api'
import { useProblemWords } from './use-problem-words'

interface Steps<Body, Answer> {
  /** Shows the change, before the server has said anything. */
  show: (body: Body) => void
  /** The server did not do it: shows again what was. */
  takeBack: (body: Body) => void
  /** The server did it. */
  onDone: (answer: Answer, body: Body) => void
}

/**
 * Sends a change that shows at once. Only for what the server almost never refuses, what moves no money, and where a wrong guess
 * that lasts a second harms nobody. `failure` is why the last one was taken back, in the person's language.
 */
export function useOptimisticPost<Body extends object, Answer = unknown>(
  url: string,
  { show, takeBack, onDone }: Steps<Body, Answer>,
) {
  const wordsOf = useProblemWords()
  const [failure, setFailure] = useState<{ body: Body; reason: string } | null>(null)
  const { mutate, isPending, isSuccess } = useMutation<Answer, Problem, Body>({
    mutationFn: (body) => postJson<Answer>(url, body, { keepalive: true }),
    // One after the other: what was pressed last is what stays.
    scope: { id: url },
    // Without a connection it fails, and says so, rather than waiting unseen.
    networkMode: 'always',
    onMutate: (body) => {
      setFailure(null)
      show(body)
    },
    onSuccess: onDone,
    onError: (problem, body) => {
      takeBack(body)
      setFailure({ body, reason: wordsOf(problem) })
    },
  })
  return { send: (body: Body) => mutate(body), failure, isPending, isDone: isSuccess && !isPending && !failure }
}
