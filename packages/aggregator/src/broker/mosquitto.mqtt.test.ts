import { busContract } from './testing/bus-contract.ts'
import { rightsContract } from './testing/rights-contract.ts'
import { startProductMosquitto } from './testing/test-broker.ts'

rightsContract('Mosquitto with infra/mosquitto', startProductMosquitto)
busContract('Mosquitto with infra/mosquitto', startProductMosquitto)
