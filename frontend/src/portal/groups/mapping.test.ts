import { describe, expect, it } from "vitest";

import { canUndo, difference, inOrder, jobToShow, percent, repeated, rowsOf, same, sorted, targetsOf, withRow } from "./mapping";

const at = (entry_point: string, role: string) => ({ entry_point, role });
const [editor, viewer, planner] = [at("*", "editor"), at("*", "viewer"), at("freight", "editor")];

describe("difference", () => {
  it.each([
    [[], [], [], []],
    [[editor], [editor], [], []],
    [[editor, viewer], [viewer, planner], [planner], [editor]],
    [[], [viewer, editor, viewer], [editor, viewer], []],
    [[editor, planner], [], [], [editor, planner]],
  ])("%#", (before, after, added, removed) => {
    expect(difference(before, after)).toEqual({ added, removed });
  });

  it("tells the same role at two entry points apart", () => {
    expect(difference([editor], [planner])).toEqual({ added: [planner], removed: [editor] });
  });
});

it("same does not go by order or repetition", () => {
  expect(same([viewer, editor], [editor, viewer, editor])).toBe(true);
  expect(same([viewer], [viewer, editor])).toBe(false);
});

it("sorted leaves out everything but entry point and role", () => {
  expect(sorted([{ ...viewer, effective: true } as typeof viewer, editor])).toEqual([editor, viewer]);
});

describe("lines of the editor", () => {
  it("take part when something is chosen", () => {
    const rows = withRow(withRow(rowsOf([viewer, editor]), "*"), "freight");
    expect(rows.map((r) => r.id)).toEqual([0, 1, 2, 3]);
    expect(targetsOf(rows)).toEqual([editor, viewer]);
  });

  it("begin at nothing", () => {
    expect(withRow([], "*")).toEqual([{ id: 0, entry_point: "*", role: "" }]);
  });

  it("never get a number that is taken", () => {
    const rows = withRow([{ id: 4, ...editor }], "*");
    expect(new Set(rows.map((r) => r.id)).size).toBe(2);
  });

  it("say when they repeat one another", () => {
    const rows = [editor, viewer, editor, at("*", ""), at("*", "")].map((h, id) => ({ ...h, id }));
    expect([...repeated(rows)]).toEqual([2]);
  });
});

describe("canUndo", () => {
  const now = new Date("2026-11-22T10:00:00Z");
  it.each([
    ["2026-11-22T09:59:00Z", [editor], [viewer], true],
    ["2026-11-15T10:00:01Z", [editor], [viewer], true],
    ["2026-11-15T10:00:00Z", [editor], [viewer], false],
    ["2026-11-22T09:59:00Z", [viewer, editor], [editor, viewer], false],
  ])("of %s", (time, before, current, can) => {
    expect(canUndo({ at: time, before }, current, now)).toBe(can);
  });
});

it("inOrder has the most people first", () => {
  const counts = [
    { ...viewer, count: 3 },
    { ...editor, count: 12 },
    { ...planner, count: 3 },
  ];
  expect(inOrder(counts).map((c) => `${c.count} ${c.entry_point} ${c.role}`)).toEqual(["12 * editor", "3 * viewer", "3 freight editor"]);
});

it.each([
  [{ done: 0, total: 0, state: "running" }, 100],
  [{ done: 5, total: 20, state: "running" }, 25],
  [{ done: 199, total: 200, state: "running" }, 99],
  [{ done: 220, total: 200, state: "running" }, 99],
  [{ done: 0, total: 200, state: "done" }, 100],
  [{ done: 50, total: 200, state: "failed" }, 25],
] as const)("percent %j", (job, p) => {
  expect(percent(job)).toBe(p);
});

it("jobToShow follows what was asked for, or what still runs for the group", () => {
  const jobs = [
    { id: "a", state: "running", subject: "other" },
    { id: "b", state: "done", subject: "g" },
    { id: "c", state: "failed", subject: "g" },
  ] as const;
  expect(jobToShow("x", [...jobs], "g")).toBe("x");
  expect(jobToShow("", [...jobs], "g")).toBe("c");
  expect(jobToShow("", [...jobs], "h")).toBe("");
});
