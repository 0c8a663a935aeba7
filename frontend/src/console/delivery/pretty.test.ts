import { expect, it } from "vitest";

import { pretty } from "./pretty";

it("breaks JSON into lines, and leaves the rest", () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty("no database")).toBe("no database");
  expect(pretty('{"cut')).toBe('{"cut');
});
