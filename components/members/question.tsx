'use client'

import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'

type QuestionProps = {
  isOpen: boolean
  onClose: () => void
  url: string
  sends?: object
  title: string
  body: string
  confirm: string
  busy: string
  cancel: string
  onDone: () => void
}

/** Asks before something that cannot be taken back, and does it. */
export function Question({
  isOpen,
  onClose,
  url,
  sends = {},
  title,
  body,
  confirm,
  busy,
  cancel,
  onDone,
}: QuestionProps) {
  const post = usePost(url, onDone)
  const problem = post.problemBeside([])
  const close = () => {
    post.reset()
    onClose()
  }
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title} description={body}>
      <div className="flex flex-col gap-4">
        {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
        <div className="flex flex-wrap gap-2">
          <Button look="danger" isBusy={post.isPending} busyLabel={busy} onClick={() => post.send(sends)}>
            {confirm}
          </Button>
          <Button onClick={close} data-focus-first>
            {cancel}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
