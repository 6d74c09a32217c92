/** Sessions: where a person is signed in, and signing out there. */
export { endSession, endSessions } from './end-sessions'
export { listSessions, type SessionDto } from './list-sessions'
export { tellNewDevice } from './tell-new-device'
