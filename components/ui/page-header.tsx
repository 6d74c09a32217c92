import type { ReactNode } from 'react'

type PageHeaderProps = { title: string; description?: ReactNode; action?: ReactNode }

export function PageHeader({ title, description, action }: PageHeaderProps) {
  return (
    <header className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {description && <p className="mt-0.5 max-w-prose text-muted">{description}</p>}
      </div>
      {action}
    </header>
  )
}
