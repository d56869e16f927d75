// `npm run bench` runs every bench, `npm run bench -- NAME ...` the named ones. JSON lines on stdout; nothing asserts.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  engine: async () => (await import('./engine.ts')).engine(),
  replay: async () => (await import('./replay.ts')).replay(),
  probes: async () => (await import('./probes.ts')).probes(),
  idle: async () => (await import('./idle.ts')).idle(),
  evacuation: async () => (await import('./evacuation.ts')).evacuation(),
  validate: async () => (await import('./validate.ts')).validate(),
  simulation: async () => (await import('./simulation.ts')).simulation(),
  'demo-rta': async () => (await import('./demo-rta.ts')).demoRta(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (asked.length === 0 || asked.includes(name)) await bench();
}
