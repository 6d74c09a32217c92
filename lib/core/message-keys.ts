/** The keys of a catalogue of messages: "title", or "states.paid" where messages are grouped. */
export type KeysOf<Group> = {
  [Key in keyof Group & string]: Group[Key] extends string ? Key : `${Key}.${KeysOf<Group[Key]>}`
}[keyof Group & string]
