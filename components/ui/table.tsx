import clsx from 'clsx'
import type { ReactNode } from 'react'

type TableProps = { caption: string; children: ReactNode; className?: string }

/** A table whose caption tells screen readers what it lists. Figures are right-aligned with `isFigure`. */
export function Table({ caption, children, className }: TableProps) {
  return (
    <table className={clsx('w-full border-collapse text-start', className)}>
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  )
}

type CellProps = { children?: ReactNode; isFigure?: boolean; className?: string }

export function Th({ children, isFigure, className }: CellProps) {
  return (
    <th
      scope="col"
      className={clsx(
        'border-b border-hairline px-2.5 py-2 text-xs font-medium text-muted first:ps-4 last:pe-4 sm:first:ps-5 sm:last:pe-5',
        isFigure ? 'text-end' : 'text-start',
        className,
      )}
    >
      {children}
    </th>
  )
}

export function Td({ children, isFigure, className }: CellProps) {
  return (
    <td
      className={clsx(
        'border-b border-hairline px-2.5 py-2.5 align-top first:ps-4 last:pe-4 sm:first:ps-5 sm:last:pe-5 [tr:last-child>&]:border-b-0',
        isFigure && 'text-end whitespace-nowrap',
        className,
      )}
    >
      {children}
    </td>
  )
}
