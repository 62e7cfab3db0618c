// Tells the browser's client that the console's own server speaks, not the centre.
export const CONSOLE_ERROR_HEADER = 'x-console-error'
