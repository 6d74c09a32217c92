/** Token limits: how many tokens of a model an account may use in a minute. They follow its use. */
export { type StoredTokenLimits, TokenMeters } from './meters'
export { readTokenLimits, readTokenModels, saveTokenLimits, type TokenModelRow } from './store'
