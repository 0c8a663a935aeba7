import { open, readFile, rename, rm } from "node:fs/promises";

import type { Cursor } from "./cursor.js";

/** Keeps a place in a file, which is replaced in one step. For Node. */
export class FileCursor implements Cursor {
  constructor(private readonly path: string) {}

  async load(): Promise<string | undefined> {
    try {
      return (await readFile(this.path, "utf8")).trim() || undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return undefined;
      }
      throw error;
    }
  }

  async save(cursor: string): Promise<void> {
    const next = `${this.path}.${process.pid}.next`;
    try {
      const file = await open(next, "w", 0o600);
      try {
        await file.writeFile(`${cursor}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, this.path);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
  }
}
