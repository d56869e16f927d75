// Head-room for a full disk: a file of real blocks that is given up when space runs out, so that what must still be
// written (the end of a run, its measurement) finds room.
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

export type Reserve = {
  /** False once spent, or when there was no room to make it. */
  isHeld(): boolean;
  spend(): void;
};

/** Makes the file, or keeps the one that is there. Never throws: a journal without head-room still works, and says so. */
export function holdReserve(file: string, bytes: number): Reserve {
  let isHeld = bytes > 0 && fill(file, bytes);
  return {
    isHeld: () => isHeld,
    spend() {
      isHeld = false;
      rmSync(file, { force: true });
    },
  };
}

function fill(file: string, bytes: number): boolean {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === bytes) return true;
    const fd = openSync(file, 'w', 0o600);
    try {
      // Written, not truncated to size: a sparse file reserves nothing.
      const block = Buffer.alloc(64 * 1024, 0x52);
      for (let written = 0; written < bytes;) written += writeSync(fd, block, 0, Math.min(block.length, bytes - written));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return true;
  } catch {
    rmSync(file, { force: true });
    return false;
  }
}
