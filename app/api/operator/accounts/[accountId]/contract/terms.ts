import * as z from 'zod'
import { collections } from '@/lib/domain/contracts/rules'

/** The terms of a contract. Money is a decimal string. */
export const termsInput = z.object({
  creditLimit: z.string().max(40),
  paymentTermsDays: z.number(),
  collection: z.enum(collections),
  poNumber: z.string().max(200).nullable().optional(),
  note: z.string().max(2000).nullable().optional(),
})
