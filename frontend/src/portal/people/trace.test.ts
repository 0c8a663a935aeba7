import { expect, it } from "vitest";

import { stepsOf } from "./trace";

it.each([
  ["Assignments > Assign to People", ["Assignments", "Assign to People"]],
  ["*Provisioning > To App*", ["Provisioning", "To App"]],
  [" One ", ["One"]],
  ["", []],
])("stepsOf %s", (where, steps) => {
  expect(stepsOf(where)).toEqual(steps);
});
