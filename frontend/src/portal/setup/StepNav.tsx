import { VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useTenantPath } from "../../app/tenant";
import css from "./setup.module.css";
import { stateOf, type Step, steps } from "./steps";

interface Props {
  current: Step;
  /** Where one would go on. */
  resume: Step;
  /** null: there is none yet, so that only the first step can be shown. */
  connection: string | null;
}

/** The steps of the wizard, each a link. */
export function StepNav({ current, resume, connection }: Props) {
  const { t } = useTranslation("setup");
  const path = useTenantPath();
  return (
    <nav aria-label={t("nav.label")} className={css.nav}>
      <ol>
        {steps.map((step, i) => {
          const state = stateOf(step, current, resume);
          const content = (
            <>
              <span className={css.number} aria-hidden>
                {state === "done" ? <IconCheck size={16} stroke={2.4} /> : i + 1}
              </span>
              <span className={css.label}>
                <VisuallyHidden>{t("nav.number", { number: i + 1, total: steps.length })} </VisuallyHidden>
                {t(`step.${step}`)}
                {state === "done" && <VisuallyHidden>{`, ${t("nav.done")}`}</VisuallyHidden>}
              </span>
            </>
          );
          return (
            <li key={step} data-state={state}>
              {connection ? (
                <Link to={path("connections", connection, "setup", step)} aria-current={state === "current" ? "step" : undefined} activeProps={{ "aria-current": "step" }}>
                  {content}
                </Link>
              ) : (
                <span className={css.still} aria-current={state === "current" ? "step" : undefined}>
                  {content}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
