// Every room's contract under its name: what the server serves, the admin UI calls and OpenAPI is printed from. Browser-safe.
import { auditContract } from '#access/audit/contract.ts'
import { companyContract } from '#access/company/contract.ts'
import { keysContract } from '#access/keys/contract.ts'
import { linksContract, meContract, setupContract, usersContract } from '#access/users/contract.ts'
import { trackContract } from '#loop/capture/track/contract.ts'

export const contract = {
  setup: setupContract,
  me: meContract,
  links: linksContract,
  users: usersContract,
  keys: keysContract,
  company: companyContract,
  audit: auditContract,
  track: trackContract,
}
