// What a demonstration writes before anything starts: a folder of its own, tokens, and the `resus.yaml` that points the
// controller at the lab.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Endpoints } from '../lab/up.ts';
import { labPolicies } from './lab-policies.ts';

export const vantages = ['east', 'west', 'campus'] as const;
export type Tokens = Readonly<Record<'operator' | 'canary' | (typeof vantages)[number], string>>;
const marker = '.resus-demo';

export class DemoError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code} ${message}`);
    this.code = code;
  }
}

/** Empties the folder of an earlier demo; refuses one that is not a demo's, or whose demo still runs. */
export function claimFolder(folder: string): void {
  const owner = join(folder, marker);
  if (existsSync(folder) && !existsSync(owner))
    throw new DemoError('NOT_A_DEMO_FOLDER', `${folder} exists and was not made by a demo; name another one with --dir`);
  if (existsSync(owner)) {
    const pid = Number(readFileSync(owner, 'utf8'));
    if (pid !== process.pid && isAlive(pid))
      throw new DemoError('DEMO_RUNNING', `another demo (process ${pid}) uses ${folder}; wait for it, or name another folder with --dir`);
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(owner, String(process.pid));
}
function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export const newTokens = (): Tokens => {
  const token = (): string => randomBytes(24).toString('base64url');
  return { operator: token(), canary: token(), east: token(), west: token(), campus: token() };
};

/**
 * Writes `resus.yaml`, readable by its owner only because it holds the token of the lab's fault control, and beside it what the laboratory says
 * of itself. `root` holds policies/ and runbooks/.
 */
export function writeConfig(folder: string, lab: Endpoints, tokens: Tokens, root: string): string {
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  const path = join(folder, 'resus.yaml');
  const config = {
    name: 'demo',
    log: 'resus.example/demo',
    floor: 'lab',
    data: './data',
    listen: { host: '127.0.0.1', port: 0 },
    policies: labPolicies(resolve(root), resolve(folder)),
    inventory: lab.inventory,
    tokens: [
      { name: 'newcomer', role: 'operator', sha256: sha256(tokens.operator) },
      { name: 'canary', role: 'canary', sha256: sha256(tokens.canary), for: 'ehr/ward' },
      ...vantages.map((name) => ({ name: `vantage-${name}`, role: 'vantage', sha256: sha256(tokens[name]), for: name })),
    ],
    providers: {
      aws: {
        endpoints: Object.fromEntries(Object.entries(lab.regions).map(([region, { aws }]) => [region, aws])),
        route53Endpoint: lab.route53,
        credentials: { accessKeyId: 'AKIALABLABLABLABLAB', secretAccessKey: 'lab' },
      },
      lab: { labUrl: lab.control, token: lab.controlToken },
    },
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}
