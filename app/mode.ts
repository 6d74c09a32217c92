/** Whether this is the demo, with its mailbox page. The doors decide for themselves; pages only show or hide the way there. */
export const isDemoMode = (): boolean => process.env.PURSE_MODE === 'demo'
