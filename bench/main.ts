/** `npm run bench -- <name> [options]`: see bench/README.md. */
const [name, ...args] = process.argv.slice(2)

if (name === 'full-sync') {
  const { fullSync } = await import('./full-sync.ts')
  process.exitCode = await fullSync(args)
} else if (name === 'api') {
  const { api } = await import('./api.ts')
  process.exitCode = await api(args)
} else {
  console.error('Usage: npm run bench -- api [--users 100000] [--seconds 10]')
  console.error('       npm run bench -- full-sync [--org r1|r2] [--limit-scale K] [--neighbor]')
  process.exitCode = 1
}
