import { Refusal } from '@/lib/core/errors'
import { isSandbox } from '@/lib/edges/stripe-sandbox'

/** Whether there is a fault lab: failures are played on the local Stripe of the demo alone. */
export const hasLab = (): boolean => isSandbox()

/** @throws Refusal `not_found` wherever money is real */
export function requireLab(): void {
  if (hasLab()) return
  throw new Refusal('not_found', { message: 'There is nothing here: failures are played on the sandbox only.' })
}
