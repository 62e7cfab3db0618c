// The whole API of the centre. The console imports the type only; the OpenAPI document is made from the value.
import { devicesRouter } from './devices-router.ts'
import { jobsRouter } from './jobs-router.ts'
import { objectsRouter } from './objects-router.ts'
import { searchRouter } from './search-router.ts'
import { sightingsRouter } from './sightings-router.ts'
import { sourcesRouter } from './sources-router.ts'
import { spacesRouter } from './spaces-router.ts'
import { syncRouter } from './sync-router.ts'
import { createCallerFactory, router } from './trpc.ts'

export const appRouter = router({
  search: searchRouter,
  sightings: sightingsRouter,
  devices: devicesRouter,
  sync: syncRouter,
  jobs: jobsRouter,
  sources: sourcesRouter,
  objects: objectsRouter,
  spaces: spacesRouter,
})
export type AppRouter = typeof appRouter

export const createCaller = createCallerFactory(appRouter)
