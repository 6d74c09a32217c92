import { randomToken } from '../state/ids'

/** Before the effect: nothing was done. After it: everything was done, and the caller does not hear so. */
export const faultKinds = [
  'reset_before',
  'reset_after',
  'truncated_200',
  'stall',
  'hang',
  'http_429',
  'http_429_retry',
  'http_500',
  'http_500_retry',
  'http_500_no_retry',
  'http_409',
  'html_200',
  'html_502',
  'down',
  'stale_read',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  id: string
  method: string | null
  pathPrefix: string | null
  kind: FaultKind
  /** How many calls it still meets; null until cleared. */
  count: number | null
  /** For the 500s, `hang` and the HTML answers: whether the call takes effect before it fails. */
  isAfterEffect: boolean
}

/** Failures ordered through the control surface. Forgotten when the process ends. */
export class Faults {
  private faults: Fault[] = []

  add(fault: Omit<Fault, 'id'>): Fault {
    const added = { ...fault, id: `fault_${randomToken(10)}` }
    this.faults.push(added)
    return added
  }

  list(): Fault[] {
    return this.faults
  }

  clear(): void {
    this.faults = []
  }

  /** The first fault this call meets, used up by one. */
  take(method: string, path: string): Fault | null {
    const fault = this.faults.find(
      (candidate) =>
        (candidate.method === null || candidate.method === method) &&
        (candidate.kind !== 'stale_read' || method === 'GET') &&
        (candidate.pathPrefix === null || path.startsWith(candidate.pathPrefix)),
    )
    if (!fault) return null
    if (fault.count !== null) {
      fault.count -= 1
      if (fault.count <= 0) this.faults = this.faults.filter((other) => other !== fault)
    }
    return fault
  }
}
