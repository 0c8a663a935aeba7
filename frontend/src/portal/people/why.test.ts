import { describe, expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { heldOf, placesOf, remedyOf, sayWhy } from "./why";

type Access = Schemas["Access"];

const byGroup = (name: string, wins: boolean, direct = true): Schemas["AccessReason"] => ({
  kind: "mapping",
  group: { id: name, name, direct },
  via: name,
  by: "Jane Doe",
  since: "2026-11-22T10:00:00Z",
  wins,
});
const assigned = (by: string | null, wins = true): Schemas["AccessReason"] => ({ kind: "assignment", group: null, via: "asg", by, since: "2026-11-22T10:00:00Z", wins });
const line = (entry_point: string, name: string, rank: number, ...reasons: Schemas["AccessReason"][]): Access => ({
  entry_point,
  role: { key: name.toLowerCase(), name, rank },
  reasons,
});

const access = [
  line("reports", "Viewer", 10, byGroup("Staff", true, false)),
  line("*", "Viewer", 10, byGroup("App-Viewers", false)),
  line("*", "Editor", 50, byGroup("App-Editors", true)),
];

describe("placesOf", () => {
  it("has the whole organisation first, and tells what is held from what is hidden", () => {
    expect(placesOf(access).map((p) => [p.entryPoint, p.held.map((l) => l.role.key), p.hidden.map((l) => l.role.key)])).toEqual([
      ["*", ["editor"], ["viewer"]],
      ["reports", ["viewer"], []],
    ]);
  });

  it("orders roles by rank where all of them count", () => {
    const [place] = placesOf([line("*", "Viewer", 10, assigned("A")), line("*", "Editor", 50, assigned("A"))]);
    expect(place?.held.map((l) => l.role.rank)).toEqual([50, 10]);
  });

  it("is nothing for nobody", () => {
    expect(placesOf([])).toEqual([]);
  });
});

it("heldOf leaves out what is hidden", () => {
  expect(heldOf(access).map((l) => `${l.entry_point}/${l.role.key}`)).toEqual(["*/editor", "reports/viewer"]);
});

describe("sayWhy", () => {
  const say = (...lines: Access[]) => placesOf(lines).flatMap(sayWhy);

  it("says which group gives the role, and which other one would", () => {
    expect(say(...access.slice(1))).toEqual([
      { key: "mapping", role: "Editor", rank: 50, group: "App-Editors" },
      { key: "also", role: "Viewer", rank: 10, source: "App-Viewers" },
    ]);
  });

  it("says that somebody is in a group by another one", () => {
    expect(say(...access.slice(0, 1))).toEqual([{ key: "nested", role: "Viewer", rank: 10, group: "Staff" }]);
  });

  it("says who gave a role directly, if that is known", () => {
    expect(say(line("*", "Editor", 50, assigned("Jane Doe")))).toEqual([{ key: "assignment", role: "Editor", rank: 50, by: "Jane Doe" }]);
    expect(say(line("*", "Editor", 50, assigned(null)))).toEqual([{ key: "assignment_unknown", role: "Editor", rank: 50 }]);
    expect(say(line("*", "Editor", 50, assigned("A")), line("*", "Viewer", 10, assigned("A", false)))[1]).toEqual({ key: "also_assignment", role: "Viewer", rank: 10 });
  });

  it("does not tell of a hundred groups", () => {
    const many = Array.from({ length: 100 }, (_, i) => byGroup(`G${i}`, true));
    expect(say(line("*", "Editor", 50, ...many))).toHaveLength(3);
  });
});

it("remedyOf knows where to go on, and of an unknown reason that it does not", () => {
  expect(remedyOf("groups_not_mapped")).toBe("groups");
  expect(remedyOf("inactive")).toBe("history");
  expect(remedyOf("something_new")).toBeNull();
});
