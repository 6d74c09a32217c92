import { hash, randomBytes } from 'node:crypto'
import { base32 } from './rules'

/** 40 random bits, by which a key is found. */
export const newPublicId = (): string => [...randomBytes(8)].map((byte) => base32[byte % 32]).join('')

/** 256 random bits: what makes a key secret. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** 256 random bits need no slow hash: nobody can guess them from it. */
export const hashKey = (key: string): Buffer => hash('sha256', key, 'buffer')
