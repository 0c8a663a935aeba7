import { describe, expect, it } from "vitest";

import { exportOf, isLogId, isoOf, localOf, momentOf, noFilters, queryOf, resourceQueryOf, searchOf } from "./filters";

const now = new Date("2026-11-22T18:30:45.678Z");
const id = "01a202c3-681e-7478-af59-72808a9ae47f";

describe("momentOf", () => {
  it.each([
    ["24h", "2026-11-21T18:30:00.000Z"],
    ["7d", "2026-11-15T18:30:00.000Z"],
    ["2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"],
    ["", undefined],
    ["yesterday", undefined],
  ])("%s", (value, moment) => {
    expect(momentOf(value, now)).toBe(moment);
  });
});

describe("queryOf", () => {
  it("asks for nothing that is not set", () => {
    expect(queryOf(noFilters, now)).toEqual({});
  });
  it("looks for names by their beginning", () => {
    expect(queryOf({ ...noFilters, q: " jane@", outcome: "refused" }, now)).toEqual({ q: "jane@", outcome: "refused" });
  });
  it("takes a number for a request's, then for a person's", () => {
    const query = queryOf({ ...noFilters, q: id.toUpperCase(), since: "1h" }, now);
    expect(query).toEqual({ request_id: id, since: "2026-11-22T17:30:00.000Z" });
    expect(resourceQueryOf(query)).toEqual({ resource: id, since: "2026-11-22T17:30:00.000Z" });
  });
  it("drops a time that is none", () => {
    expect(queryOf({ ...noFilters, until: "soon" }, now)).toEqual({});
  });
});

describe("addresses", () => {
  it("tell what is set alone", () => {
    expect(searchOf({ outcome: "refused", q: "" })).toEqual({ outcome: "refused" });
  });
  it("export what is listed", () => {
    expect(exportOf("/x/export", { outcome: "refused", connection: "con1", limit: 50, q: "a&b", kind: "" })).toBe("/x/export?outcome=refused&q=a%26b");
    expect(exportOf("/x/export", {})).toBe("/x/export");
  });
  it("tell ids of the log from others", () => {
    expect(isLogId("req01m81c6t0yejq8r4va74g2a8pm")).toBe(true);
    expect(isLogId(id)).toBe(false);
  });
});

describe("fields for times", () => {
  it("read what they show", () => {
    const iso = "2026-11-22T18:30:00.000Z";
    expect(isoOf(localOf(iso))).toBe(iso);
  });
  it("are empty for no time", () => {
    expect(localOf("")).toBe("");
    expect(isoOf("")).toBe("");
    expect(isoOf("x")).toBe("");
  });
});
