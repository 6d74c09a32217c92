import { useTexts } from '#texts'
import { Banner } from './banner'
import { Button } from './button'

type FormFooterProps = { isPending: boolean; isDone: boolean; problem: { message: string } | null; saveLabel?: string }

/** What came of saving, in words, beside the button that saves. */
export function FormFooter({ isPending, isDone, problem, saveLabel }: FormFooterProps) {
  const t = useTexts('ui')
  return (
    <>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" isBusy={isPending} busyLabel={t('saving')}>
          {saveLabel ?? t('save')}
        </Button>
        <p role="status" className="text-good-ink">
          {isDone && !isPending && !problem && t('saved')}
        </p>
      </div>
    </>
  )
}
