import type { Problem } from '../api'
import { Banner } from './banner'
import { Button } from './button'

type FormFooterProps = { isPending: boolean; isDone: boolean; problem: Problem | null; saveLabel?: string }

/** What came of saving, in words, beside the button that saves. */
export function FormFooter({ isPending, isDone, problem, saveLabel = 'Save' }: FormFooterProps) {
  return (
    <>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" isBusy={isPending} busyLabel="Saving…">
          {saveLabel}
        </Button>
        <p role="status" className="text-good-ink">
          {isDone && !isPending && !problem && 'Saved.'}
        </p>
      </div>
    </>
  )
}
