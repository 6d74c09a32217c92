import clsx from 'clsx'

/** Holds the place of something whose size is known. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden="true" className={clsx('animate-pulse rounded-ui bg-sunken', className)} />
}
