// How the fleet is asked for: in pages, again and again while somebody looks.

/** Devices a page: few requests for ten thousand, and the first one is quick. */
export const FLEET_PAGE = 500
/** As often as devices say how they are, about. */
export const FLEET_REFETCH_MS = 4_000
