// The language of the words on screen.
export const LOCALE = 'en'
