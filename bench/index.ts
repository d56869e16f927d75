// `npm run bench` runs every bench, `npm run bench -- NAME ...` the named ones. JSON lines on stdout; nothing asserts.
import { engine } from './engine.ts';
import { replay } from './replay.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = { engine, replay };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (asked.length === 0 || asked.includes(name)) await bench();
}
