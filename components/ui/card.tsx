import clsx from 'clsx'
import type { ReactNode } from 'react'

type CardProps = {
  /** Anchors the card in the page and names its heading. */
  id: string
  title: string
  description?: ReactNode
  action?: ReactNode
  children: ReactNode
  /** Rows that reach from edge to edge, such as a table. */
  isFlush?: boolean
  className?: string
}

/** A titled part of a page: a landmark with its heading. */
export function Card({ id, title, description, action, children, isFlush = false, className }: CardProps) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className={clsx('min-w-0 rounded-ui border border-hairline bg-surface', className)}
    >
      <header className="flex min-h-6 flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5">
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="text-base font-semibold">
            {title}
          </h2>
          {description && <p className="mt-0.5 max-w-prose text-base text-muted">{description}</p>}
        </div>
        {action}
      </header>
      <div className={clsx(isFlush ? 'pt-3 pb-1' : 'px-4 pt-3 pb-4 sm:px-5 sm:pb-5')}>{children}</div>
    </section>
  )
}
