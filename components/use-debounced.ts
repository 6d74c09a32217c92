import { useEffect, useState } from 'react'

/** The value, once it has rested for a moment: so that a preview does not ask at every key. */
export function useDebounced<T>(value: T, restMs = 350): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value, restMs])
  return rested
}
