import { useTexts } from '#texts'
import { Skeleton } from '@/components/ui/skeleton'

/** Holds the places whose size is known while the figures are read. */
export default function Loading() {
  const t = useTexts('ui')
  return (
    <div role="status" className="flex flex-col gap-4 sm:gap-5">
      <span className="sr-only">{t('reading')}</span>
      <Skeleton className="h-9 w-40" />
      <div className="grid gap-4 sm:gap-5 md:grid-cols-2">
        <Skeleton className="h-52" />
        <Skeleton className="h-52" />
      </div>
      <Skeleton className="h-80" />
    </div>
  )
}
