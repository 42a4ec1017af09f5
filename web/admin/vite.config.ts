import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

interface Tree {
  readonly [name: string]: Tree | { readonly '~orpc': { readonly route: object } }
}

/** What a caller needs of a route; summaries and tags are for the reference. */
const callOf = (route: object): object => Object.fromEntries(Object.entries(route).filter(([key]) => key !== 'summary' && key !== 'tags'))

/** Each endpoint with its method and path alone. */
const routesOf = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([name, node]) => {
      const endpoint = (node as { '~orpc'?: { route: object } })['~orpc']
      return [name, endpoint ? { '~orpc': { route: callOf(endpoint.route), errorMap: {}, meta: {} } } : routesOf(node as Tree)]
    }),
  )

/**
 * The browser needs only method and path of each endpoint, not its zod schemas: the server validates.
 * Importing the contract whole would put zod and every room's schemas into the first chunk.
 */
function contractRoutes(): Plugin {
  const id = 'virtual:contract'
  return {
    name: 'contract-routes',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    async load(source) {
      if (source !== `\0${id}`) return null
      const file = here('../../src/server/contract.ts')
      const { contract } = await import(file)
      return `export const contract = ${JSON.stringify(routesOf(contract))}`
    },
  }
}

export default defineConfig({
  root: here('.'),
  base: '/',
  cacheDir: here('../../node_modules/.cache/vite-admin'),
  plugins: [react(), contractRoutes()],
  server: { port: 5199, proxy: { '^/api/': process.env.API ?? 'http://127.0.0.1:3000' } },
  build: {
    outDir: here('../../dist/admin'),
    emptyOutDir: true,
    // Lower targets make Vite rewrite light-dark(), and half the page stays light in the dark scheme.
    cssTarget: ['chrome123', 'safari17.5', 'firefox128'],
    target: 'es2023',
    modulePreload: { polyfill: false },
    // The chart library, which is loaded after the page stands.
    chunkSizeWarningLimit: 700,
  },
})
