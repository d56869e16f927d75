// The folder of one lab and what is where in it. `in` is for us alone; PostgreSQL, as root another user, must reach the rest.
import { randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError, messageOf } from './lab-error.ts';
import type { ZoneSite } from './sites.ts';

/** The path of a UNIX socket may be this long on every system that we know. */
const LONGEST_PATH = 103;
const LONGEST_SOCKET = 'out/reports-west-0/.s.PGSQL.5432';
/** As PostgreSQL calls its socket, whatever its port. */
const SOCKET = '.s.PGSQL.5432';

export class LabFolder {
  readonly root: string;
  private constructor(root: string) {
    this.root = root;
  }

  /** A name for a new one in `parent` (default: the system's temporary folder); whoever starts the reaper makes it. */
  static async in(parent: string = tmpdir()): Promise<LabFolder> {
    const real = await realpath(parent).catch((error: unknown) => {
      throw new LabError('LAB_BAD_REQUEST', `the lab cannot be made there: ${messageOf(error)}`, 'name a folder that exists with --dir');
    });
    const folder = new LabFolder(join(real, `resus-lab-${randomBytes(4).toString('hex')}`));
    if (Buffer.byteLength(folder.at(LONGEST_SOCKET)) > LONGEST_PATH)
      throw new LabError('LAB_PATH_TOO_LONG', `${folder.root} is too long for the sockets in it`, 'name a shorter folder with --dir');
    return folder;
  }

  async furnish(): Promise<void> {
    await mkdir(this.at('in'), { mode: 0o700 });
    await mkdir(this.at('out'), { mode: 0o755 });
    await mkdir(this.at('log'), { mode: 0o700 });
    await mkdir(this.at('db'), { mode: 0o755 });
  }

  at(below: string): string {
    return join(this.root, below);
  }
  awsSocket(region: string): string {
    return this.at(`in/aws-${region}`);
  }
  ehrSocket(zone: ZoneSite): string {
    return this.at(`in/ehr-${zone.index}`);
  }
  switchFile(region: string): string {
    return this.at(`in/switch-${region}`);
  }
  /** The folder in which that database makes its socket. */
  databaseSocketFolder(database: string): string {
    return this.at(`in-${database}`);
  }
  databaseSocket(database: string): string {
    return join(this.databaseSocketFolder(database), SOCKET);
  }
  /** The folder with the socket that leads out of a zone to the partner of that database. */
  wayOut(database: string, from: ZoneSite): string {
    return this.at(`out/${database}-${from.index}`);
  }
  wayOutSocket(database: string, from: ZoneSite): string {
    return join(this.wayOut(database, from), SOCKET);
  }
}
