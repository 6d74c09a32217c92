import type { ReactNode } from 'react'
import './paper.css'

/** What only paper shows, at the top of its first page: whose it is, which period, and when it was made. */
export function PaperHeading({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div aria-hidden="true" className="paper-heading hidden print:block">
      <p className="text-xl font-semibold">{title}</p>
      <div className="text-muted">{children}</div>
    </div>
  )
}
