import { expect, it } from "vitest";

import { labelled } from "./Sentence";

it.each([
  ["Nothing to click.", ["Nothing to click."]],
  ["Press *Test Connection*, then *Activate*.", ["Press ", "<Test Connection>", ", then ", "<Activate>", "."]],
  ["*Enable* it.", ["<Enable>", " it."]],
  ["Everywhere (*) or 2 * 3 * 4.", ["Everywhere (*) or 2 * 3 * 4."]],
  ["", []],
])("%s", (text, want) => {
  expect(labelled(text).map((p) => (p.label ? `<${p.text}>` : p.text))).toEqual(want);
});
