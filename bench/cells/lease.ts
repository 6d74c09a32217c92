/** How many authorizations a second the SDK gives out of a lease in one process, without asking the gate. */
import { type LeaseSpeed, measureLeaseAuthorize } from '@/lib/sdk/measure-lease'
import type { Cell } from '../cell'
import { median } from '../statistics'

export const lease: Cell = {
  cell: 'lease',
  title: 'authorize out of a lease in the SDK',
  run: async ({ settings }) => {
    const speeds: LeaseSpeed[] = []
    for (let round = 0; round < settings.rounds; round++) {
      speeds.push(await measureLeaseAuthorize({ seconds: settings.seconds }))
    }
    const settled = median(speeds.map(({ settledPerSecond }) => settledPerSecond))
    return {
      cell: 'lease',
      title: lease.title,
      samples: {
        'lease authorize out of a lease in the SDK, one process': speeds.map(
          ({ authorizesPerSecond }) => authorizesPerSecond,
        ),
      },
      problems: [],
      notes: [
        `Authorize and settle, with the event that is kept for the gate: ${Math.round(settled).toLocaleString('en')} a second.`,
      ],
    }
  },
}
