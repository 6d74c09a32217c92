/** Keys: the platform gateway's service keys, and the accounts' own API keys. Kept as hashes. */
export { authenticateServiceKey } from './authenticate'
export { renameApiKey, revokeApiKey, revokeKeysOfMember, rotateApiKey } from './change-api-key'
export { createApiKey, type NewApiKeyDto } from './create-api-key'
export { createServiceKey, revokeServiceKey } from './create-service-key'
export type { ApiKeyDto } from './dto'
export { listApiKeys } from './list-api-keys'
export { type ResolvedApiKey, resolveApiKey } from './resolve-api-key'
