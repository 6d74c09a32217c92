'use client'

import { Failure } from '@/components/ui/failure'

export default function ErrorPage(props: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="main" className="px-4">
      <Failure {...props} />
    </main>
  )
}
