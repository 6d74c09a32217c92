import type { ReactNode } from 'react'

/** Nothing here yet: why, and what would bring something. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="rounded-ui border border-dashed border-hairline px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      <div className="mx-auto mt-1 max-w-prose text-muted">{children}</div>
      {action && <div className="mt-4">{action}</div>}
    </div>
  )
}
