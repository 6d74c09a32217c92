'use client'

import { type FormEvent, useState } from 'react'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import type { usePost } from '../use-post'

/** As long as a note to a customer may be. */
const longestAnswer = 500

/** No, and why: the customer reads it. */
export function DeclineForm({ post, onCancel }: { post: ReturnType<typeof usePost>; onCancel: () => void }) {
  const [note, setNote] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    post.send({ decision: 'decline', note }, { note: note.trim() ? null : 'Say why: the customer reads it.' })
  }
  const problem = post.problemBeside(['note'])
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Note" error={post.fieldError('note')}>
        {(control) => (
          <Input
            {...control}
            data-focus-first
            maxLength={longestAnswer}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="danger" isBusy={post.isPending} busyLabel="Sending…">
          Decline
        </Button>
      </div>
    </form>
  )
}
