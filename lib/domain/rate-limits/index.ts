/** Rate limits: how fast an account may go. */
export { setRequestLimitIn } from './set-request-limit'
