// Child process of `crash.test.ts`: appends without end and says on stdout what was acknowledged, until it is killed.
import { writeSync } from 'node:fs';
import { Chain } from '../../src/journal/check.ts';
import { Seal } from '../../src/journal/seal.ts';
import type { Instant } from '../../src/core/values.ts';
import { genesis } from '../../src/journal/hash.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';

const journal = await openSqlite(process.argv[2] ?? '', { reserveBytes: 0 });
const chain = new Chain();
for (const line of journal.read(0)) chain.check(line);
const seal = new Seal({ log: 'test', floor: 'lab', controlDomain: 'central', boot: 'b', continueFrom: chain.state() });
const actor = { kind: 'engine', id: 'c1' } as const;
const appendForEver = async (): Promise<never> => {
  for (let i = 0; ; i += 1) {
    const lines = Array.from({ length: 1 + (i % 5) }, () => {
      const data = { estate: genesis, workloads: i };
      return seal.seal({ type: 'EstateDeclared', data }, { epoch: 1, at: 0 as Instant, ns: 0n, actor }).line;
    });
    const size = seal.size;
    await journal.append({ epoch: 1, lines });
    writeSync(1, `${size}\n`);
  }
};
// Several at once, so that the kill also falls on groups of batches.
await Promise.all(Array.from({ length: 4 }, appendForEver));
