import { readFile, rename, writeFile } from "node:fs/promises";

import type { Member, RosterEvent, SnapshotLine } from "@roster-scim/client";

type Documents = Record<string, unknown>;

/**
 * The app's copy of a tenant, together with the place that it shows. Your app has tables for it, and a transaction where
 * this has a file.
 */
export class Directory {
  cursor: string | undefined;
  users: Documents = {};
  groups: Documents = {};
  /** Group → its members' ids. */
  members: Record<string, string[]> = {};
  /** User → what they hold. */
  access: Documents = {};

  /** Reads the copy in a file; an empty one if there is none. */
  static async load(file: string): Promise<Directory> {
    try {
      return Object.assign(new Directory(), JSON.parse(await readFile(file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return new Directory();
      }
      throw error;
    }
  }

  /** Replaces the file in one step: copy and place change together. */
  async save(file: string): Promise<void> {
    await writeFile(`${file}.next`, JSON.stringify(this, undefined, 2), { mode: 0o600 });
    await rename(`${file}.next`, file);
  }

  /** Takes a line of a snapshot. */
  line(line: SnapshotLine): void {
    switch (line.type) {
      case "user":
        this.users[line.data.id] = line.data;
        break;
      case "group":
        this.groups[line.data.id] = line.data;
        break;
      case "members":
        this.#change(line.group_id, line.members, true);
        break;
      case "access":
        this.access[String(line.data["user_id"])] = line.data;
        break;
    }
  }

  /** Applies an event. To apply it twice changes nothing. */
  event(event: RosterEvent): void {
    const data = event.data as { id: string; user_id: string; group: { id: string }; members: Member[] };
    switch (event.type) {
      case "user.created":
      case "user.updated":
      case "user.deactivated":
      case "user.reactivated":
        this.users[data.id] = data;
        break;
      case "user.deleted":
        delete this.users[data.id];
        delete this.access[data.id];
        break;
      case "user.access_changed":
        this.access[data.user_id] = data;
        break;
      case "group.created":
      case "group.updated":
        this.groups[data.id] = data;
        break;
      case "group.deleted":
        delete this.groups[data.id];
        delete this.members[data.id];
        break;
      case "group.member_added":
      case "group.member_removed":
        this.#change(data.group.id, data.members, event.type === "group.member_added");
        break;
    }
  }

  #change(group: string, members: Member[], are: boolean): void {
    const ids = new Set(this.members[group]);
    for (const member of members) {
      if (are) {
        ids.add(member.value);
      } else {
        ids.delete(member.value);
      }
    }
    this.members[group] = [...ids];
  }
}
