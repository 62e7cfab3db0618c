// spaces.list: what lies in each embedding space and whether the centre can ask it.
import type { Queryable } from '../../database/database.ts'
import { listSpacesWithCounts } from '../../store/list-spaces.ts'
import type { SpacesReader } from '../api-services.ts'

/** Spaces that the centre has a loaded encoder for. */
export interface AskableSpaces {
  text: ReadonlySet<string>
  image: ReadonlySet<string>
}

export function createSpacesReader(db: Queryable, askable: AskableSpaces): SpacesReader {
  return {
    async list(tenantId) {
      const spaces = await listSpacesWithCounts(db, tenantId)
      return {
        spaces: spaces.map((space) => ({
          ...space,
          asks: { text: askable.text.has(space.spaceId), image: askable.image.has(space.spaceId) },
        })),
      }
    },
  }
}
