'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Problem } from './api'

const isWorthRetrying = (failures: number, error: Error) =>
  failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500)

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 1000 } } }),
  )
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
