// The words on screen. Another language is another file of the same form beside en.json.
import en from './messages/en.json' with { type: 'json' }

export const messages = en
export type Messages = typeof en
