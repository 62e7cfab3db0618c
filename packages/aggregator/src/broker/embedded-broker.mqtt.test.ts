import { busContract } from './testing/bus-contract.ts'
import { rightsContract } from './testing/rights-contract.ts'
import { startTestEmbeddedBroker } from './testing/test-broker.ts'

rightsContract('the embedded broker', startTestEmbeddedBroker)
busContract('the embedded broker', startTestEmbeddedBroker)
