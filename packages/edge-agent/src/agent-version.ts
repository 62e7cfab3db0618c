// The version that the device says of itself, to the centre and to people.
export const AGENT_VERSION = '0.1.0'
