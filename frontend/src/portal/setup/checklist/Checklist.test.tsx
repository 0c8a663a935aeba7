import { MantineProvider } from "@mantine/core";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import i18next from "i18next";
import { type ReactNode, useState } from "react";
import { initReactI18next } from "react-i18next";
import { beforeAll, expect, it } from "vitest";

import { TenantProvider } from "../../../app/tenant";
import common from "../../../i18n/en/common.json";
import setup from "../../../i18n/en/setup.json";
import { Checklist } from "./Checklist";
import { receive, type Seen, type Setup, type SetupStep, unseen } from "./rows";

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: "en", ns: ["common", "setup"], defaultNS: "common", resources: { en: { common, setup } } });
});

const open = (step: SetupStep["step"]): SetupStep => ({ step, title: step, done_at: null, request: null, refusal: null });
const nothing: Setup = {
  connection: { id: "con1", name: "Acme – Okta", provider: "okta" },
  status: "waiting",
  reason: "",
  hint: "Press *Test API Credentials*.",
  steps: [open("credentials_accepted"), open("user_created")],
  strangers: [],
  done: 0,
  total: 2,
};
const refused: Setup = {
  ...nothing,
  steps: [
    { ...open("credentials_accepted"), done_at: "2026-11-22T10:00:00Z", request: { id: "req1", at: "2026-11-22T10:00:00Z", sentence: "Okta tested address and token." } },
    {
      ...open("user_created"),
      refusal: {
        at: "2026-11-22T10:01:00Z",
        request_id: "req2",
        sentence: "Okta could not create jane@acme.com.",
        fix: { cause: "The user name is taken.", fix: "Unassign her there.", where: "Assignments" },
      },
    },
  ],
  strangers: [{ at: "2026-11-22T10:02:00Z", hint: "rst…e9f2", what: "revoked", sentence: "A request came with a token ending …e9f2, which was revoked." }],
  done: 1,
};

function Page() {
  const [seen, setSeen] = useState<Seen>(() => receive(unseen, nothing));
  return (
    <>
      {seen.setup && <Checklist setup={seen.setup} ticked={seen.ticked} line="live" failing={false} />}
      <button onClick={() => setSeen((s) => receive(s, refused))}>Let it arrive</button>
    </>
  );
}

async function shown(page: ReactNode) {
  const root = createRootRoute({
    component: () => (
      <TenantProvider id="ten1" name="Acme" base="/portal">
        {page}
      </TenantProvider>
    ),
  });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: ["/"] }) });
  render(
    <MantineProvider>
      <RouterProvider router={router as never} />
    </MantineProvider>,
  );
  await screen.findByText("0 of 2 done");
}

const rowOf = (text: string) => within(screen.getByText(text).closest("li") as HTMLElement);

it("says what to do while nothing has come", async () => {
  await shown(<Page />);
  expect(screen.getByText("Nothing yet?")).toBeTruthy();
  expect(screen.getAllByText("Test API Credentials")[0]?.tagName).toBe("EM");
  expect(rowOf("Person created").getByText("Assign a test person in Okta.")).toBeTruthy();
});

it("shows which request ticked a step, why another was refused, and says the tick aloud", async () => {
  await shown(<Page />);
  screen.getByRole("button", { name: "Let it arrive" }).click();
  await screen.findByText("1 of 2 done");
  const ticked = rowOf("Address and token accepted");
  expect(ticked.getByText(/Okta tested address and token/)).toBeTruthy();
  expect(ticked.getByRole("link").getAttribute("href")).toBe("/portal/activity/requests/con1/req1");
  expect(screen.getByText("Address and token accepted").closest("li")?.dataset.new).toBe("true");

  const row = rowOf("Person created");
  for (const text of ["Okta could not create jane@acme.com.", "The user name is taken.", "Unassign her there.", "Assignments"]) {
    expect(row.getByText(text, { exact: false })).toBeTruthy();
  }
  expect(row.getByRole("link").getAttribute("href")).toBe("/portal/activity/requests/con1/req2");

  expect(screen.getByText("A token that does not work was sent")).toBeTruthy();
  expect(screen.getByText(/ending …e9f2, which was revoked/)).toBeTruthy();
  expect(screen.queryByText("Nothing yet?")).toBeNull();
  await waitFor(() => expect(document.getElementById("announcements")?.textContent).toBe("Address and token accepted. 1 of 2 done."));
});
