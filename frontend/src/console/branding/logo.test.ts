import { expect, it } from "vitest";

import { logoOf, maxLogo } from "./logo";

const file = (type: string, size: number) => ({ type, size, arrayBuffer: async () => new Uint8Array([137, 80, 78, 71]).buffer }) as File;

it("makes a data address of a picture", async () => {
  expect(await logoOf(file("image/png", 4))).toEqual({ data: "data:image/png;base64,iVBORw==" });
});

it.each([
  ["text/html", 10, "type"],
  ["image/jpeg", 10, "type"],
  ["image/png", maxLogo + 1, "size"],
])("refuses %s of %d bytes", async (type, size, wrong) => {
  expect(await logoOf(file(type, size))).toEqual({ wrong });
});
