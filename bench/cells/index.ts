/** Every cell, in the order in which they run. */
import type { Cell } from '../cell'
import { crash } from './crash'
import { usagePages } from './explorer'
import { gateCrash } from './gate-crash'
import { authorizations, pairs, slowFlush } from './holds'
import { overHttp } from './http'
import { lease } from './lease'
import { neighbours } from './neighbours'
import { balanceReads, usageDays } from './reads'
import { soak } from './soak'
import { storage } from './storage'
import { batches, hotAccount, manyAccounts } from './usage'

export const cells: Cell[] = [
  batches,
  manyAccounts,
  hotAccount,
  authorizations,
  pairs,
  slowFlush,
  overHttp,
  balanceReads,
  usageDays,
  usagePages,
  storage,
  crash,
  gateCrash,
  neighbours,
  lease,
  soak,
]
