// The main part of every page: where the skip link leads, and where popovers open, so that they lie in a landmark.
export const CONTENT_ID = 'content'
