/** The fault lab: every failure that the sandbox can play, at the press of a button. In the demo only. */
export { playFault } from './play-fault'
export { playInput } from './plays'
export { type FaultLabDto, readFaultLab } from './read-fault-lab'
export { hasLab } from './require-lab'
