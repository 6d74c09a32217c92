/** People: members of an account, who is invited, and which account a person looks at. */
export { acceptInvitation, type InvitationPageDto, readInvitation } from './accept-invitation'
export { changeRole, leaveAccount, removeMember } from './change-members'
export { chooseLocale } from './choose-locale'
export { type InvitedDto, inviteMember, resendInvitation, revokeInvitation } from './invite-member'
export { type InvitationDto, listInvitations, listMembers, type MemberDto } from './list-members'
export { switchAccount } from './switch-account'
