/** What the platform's own staff sees of one account. */
export { type AccountStoryDto, getAccountStory } from './get-account-story'
