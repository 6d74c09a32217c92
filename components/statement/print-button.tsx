'use client'

import { Button } from '../ui/button'

/** Opens the browser's own print dialog. */
export function PrintButton({ label }: { label: string }) {
  return (
    <Button look="primary" onClick={() => window.print()}>
      {label}
    </Button>
  )
}
