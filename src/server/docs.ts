// The API describes itself: OpenAPI 3.1 printed from the contracts, and pages that load nothing from elsewhere.
import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import Fastify, { type FastifyInstance } from 'fastify'
import { formSpec } from '#loop/capture/forms/contract.ts'
import { draft } from '#loop/deliver/template/contract.ts'
import { graph } from '#loop/orchestrate/graph/contract.ts'
import { scoreRules } from '#loop/score/rules/contract.ts'
import { rule } from '#loop/segment/rules/contract.ts'
import { contract } from './contract.ts'
import { version } from './version.ts'

let printed: Promise<object> | null = null

/** The OpenAPI 3.1 document of the whole API. */
export function openapi(): Promise<object> {
  printed ??= print()
  return printed
}

async function print(): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    commonSchemas: {
      SegmentRule: { schema: rule },
      ScenarioGraph: { schema: graph },
      MailDraft: { schema: draft },
      ScoreRules: { schema: scoreRules },
      FormSpec: { schema: formSpec },
    },
    info: {
      title: 'Hagukumi',
      version,
      description:
        'Everything the admin UI does, it does through this API. Send an API key as `Authorization: Bearer hgk_…`. Mutations take an `Idempotency-Key`; errors are RFC 9457 problem details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api' }],
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key from Settings → API keys' } },
      schemas: { Problem: PROBLEM },
    },
  })
  return withProblems(document)
}

const PROBLEM = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    code: { type: 'string' as const, description: 'A stable word for programs' },
    detail: { type: 'string' as const, description: 'What happened and what to do' },
    errors: {
      type: 'array' as const,
      items: { type: 'object' as const, properties: { field: { type: 'string' as const }, reason: { type: 'string' as const } } },
    },
  },
}

/** Every operation can be refused; the document says so once per operation. */
function withProblems(document: { paths?: object }): object {
  const refusal = {
    description: 'Refused: see code, detail and errors',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path as Record<string, { responses?: Record<string, unknown> }>)) {
      if (operation.responses) operation.responses['4XX'] = refusal
    }
  }
  return document
}

const DOCS_CSP =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

/** Serves `/api/openapi.json` and the readable pages at `/api/docs`. */
export function mountDocs(app: FastifyInstance): void {
  app.get('/api/openapi.json', async () => openapi())
  for (const path of ['/api/docs', '/api/docs/*']) {
    app.get(path, async (request, reply) => {
      pages ??= openPages()
      const answer = await (await pages).inject({ method: 'GET', url: request.url, headers: request.headers })
      return reply.code(answer.statusCode).headers(answer.headers).header('content-security-policy', DOCS_CSP).send(answer.rawPayload)
    })
  }
}

let pages: Promise<FastifyInstance> | null = null

/** The pages are 35 MB of memory that most processes never need: loaded when somebody reads them. */
async function openPages(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const inner = Fastify()
  await inner.register(scalar, {
    routePrefix: '/api/docs',
    configuration: {
      url: '/api/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    } as never,
  })
  return inner
}
