// Who may do what on the embedded broker, denied unless named here. infra/mosquitto/aclfile says the same for Mosquitto.
import { parseTopic, topics } from '@sam3-fleet/shared/protocol/topics'
import { topicMatches } from './topic-matches.ts'

export type Principal = { deviceId: string } | { centre: true }

/** Also for wills. A device speaks in its own name only: its up channels and its presence. */
export function mayPublish(principal: Principal, topic: string): boolean {
  if (topic === topics.centrePresence) return 'centre' in principal
  const parsed = parseTopic(topic)
  if (parsed === null) return false
  if ('centre' in principal) return parsed.direction === 'down' || parsed.direction === 'presence'
  return parsed.deviceId === principal.deviceId && parsed.direction !== 'down'
}

/** Only presence is kept for those who come later. */
export function mayRetain(topic: string): boolean {
  return topic === topics.centrePresence || parseTopic(topic)?.direction === 'presence'
}

/** A filter is allowed when everything that it can match is meant for the subscriber. */
export function maySubscribe(principal: Principal, filter: string): boolean {
  if ('centre' in principal) return filter === topics.fleetUp || filter === topics.fleetPresence
  return filter === topics.downAll(principal.deviceId) || mayReceive(principal, filter)
}

/** Asked again for each delivery, so that an error above cannot leak what is not the receiver's. */
export function mayReceive(principal: Principal, topic: string): boolean {
  if ('centre' in principal)
    return [topics.fleetUp, topics.fleetPresence].some((own) => topicMatches(own, topic))
  if (topic === topics.centrePresence) return true
  const parsed = parseTopic(topic)
  return parsed?.direction === 'down' && parsed.deviceId === principal.deviceId
}
