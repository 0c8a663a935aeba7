import type { ReactNode } from "react";

import { PageHeader } from "../../ui/Page";
import { useWizard } from "./context";
import { ReadOnly } from "./ReadOnly";

/** The head of a step; the window's title also names the connection. */
export function StepHeader({ title, text }: { title: string; text: ReactNode }) {
  const { connection } = useWizard();
  return (
    <>
      <PageHeader title={`${title} – ${connection.name}`} heading={title} text={text} />
      <ReadOnly />
    </>
  );
}
