import { describe, expect, it } from "vitest";

import { meaningsOf, within } from "./meaning";

const sales = { id: "g1", name: "Sales" };
const fact = (code: string, count: number, refused = 0, group: typeof sales | null = null) => ({ code, count, refused, group });

describe("meaningsOf", () => {
  it("has one line for each meaning, and one for a group's members", () => {
    const lines = meaningsOf({
      refused: 2,
      failed: 0,
      facts: [fact("people_created", 5), fact("members_added", 14, 2, sales), fact("members_removed", 1, 0, sales), fact("requests_refused", 2, 2)],
    });
    expect(lines).toEqual([
      { key: "people_created", facts: [{ code: "people_created", count: 5 }], refused: 0, group: null, find: { kind: "user.create", outcome: "done" } },
      {
        key: "members g1",
        facts: [
          { code: "members_added", count: 14 },
          { code: "members_removed", count: 1 },
        ],
        refused: 2,
        group: sales,
        find: { kind: "group", group: "g1" },
      },
    ]);
  });

  it("keeps groups apart", () => {
    const lines = meaningsOf({ refused: 0, failed: 0, facts: [fact("members_added", 1, 0, sales), fact("members_added", 1, 0, { id: "g2", name: "Sales" })] });
    expect(lines.map((l) => l.group?.id)).toEqual(["g1", "g2"]);
  });

  it("tells of refusals that belong to nobody", () => {
    const facts = [fact("people_refused", 0, 2), fact("requests_refused", 5, 5)];
    expect(meaningsOf({ refused: 5, failed: 0, facts }).at(-1)).toEqual({
      key: "others",
      facts: [{ code: "requests_refused", count: 3 }],
      refused: 0,
      group: null,
      find: { outcome: "refused" },
    });
    expect(meaningsOf({ refused: 2, failed: 0, facts }).map((l) => l.key)).toEqual(["people_refused"]);
    expect(meaningsOf({ refused: 1, failed: 3, facts: [] }).at(-1)?.find).toBeNull();
  });

  it.each([
    ["people_adopted", { kind: "user.create", outcome: "done" }],
    ["groups_deleted", { kind: "group.delete", outcome: "done" }],
    ["groups_refused", { kind: "group", outcome: "refused" }],
    ["connection_tested", { kind: "credentials.check" }],
    ["nothing_changed", null],
    ["something_new", null],
  ])("finds the requests of %s", (code, find) => {
    expect(meaningsOf({ refused: 0, failed: 0, facts: [fact(code, 1)] })[0]?.find).toEqual(find);
  });
});

describe("within", () => {
  it("has the last request in it", () => {
    const { since, until } = within({ started_at: "2026-11-22T18:09:32.523966Z", ended_at: "2026-11-22T18:13:59.054609Z" });
    expect(since).toBe("2026-11-22T18:09:32.523966Z");
    expect(until).toBe("2026-11-22T18:13:59.055Z");
  });
});
