import { describe, expect, it } from "vitest";

import { looksForSomebody, noFilters, queryOf } from "./filters";

const con = "con01m81c6t0yehvs7mmswhpp4dbc";

describe("queryOf", () => {
  it.each([
    [{}, {}],
    [{ q: "  jane " }, { q: "jane" }],
    [{ q: "   " }, {}],
    [{ status: "active" }, { active: true }],
    [{ status: "inactive" }, { active: false }],
    [{ status: "held" }, {}],
    [{ source: "managed" }, { managed: true }],
    [{ source: "manual" }, { managed: false }],
    [{ source: con }, { connection: con }],
    [{ role: "-" }, { unassigned: true }],
    [{ role: "-", at: "freight" }, { unassigned: true }],
    [{ role: "editor", at: "freight" }, { role: "editor", entry_point: "freight" }],
    [{ at: "*" }, { entry_point: "*" }],
    [{ group: "g" }, { group: "g" }],
  ])("%j", (filters, query) => {
    expect(queryOf({ ...noFilters, ...filters })).toEqual({ with_roles: true, ...query });
  });
});

describe("looksForSomebody", () => {
  it("is a search without other filters", () => {
    expect(looksForSomebody({ ...noFilters, q: "jane" })).toBe(true);
    expect(looksForSomebody({ ...noFilters, q: " " })).toBe(false);
    expect(looksForSomebody({ ...noFilters, q: "jane", status: "active" })).toBe(false);
  });
});
