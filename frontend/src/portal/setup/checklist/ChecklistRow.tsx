import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled } from "@tabler/icons-react";
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Go, useTenantPath } from "../../../app/tenant";
import { Sentence } from "../../../ui/Sentence";
import { Time } from "../../../ui/Time";
import css from "./checklist.module.css";
import type { Row } from "./rows";

const icons = { done: IconCircleCheckFilled, refused: IconCircleXFilled, open: IconCircleDashed };

interface Props {
  row: Row;
  connection: string;
  /** What the identity provider is called. */
  provider: string;
  /** It was ticked while somebody watched. */
  fresh: boolean;
}

/** A step of the checklist: done by which request, refused for which reason, or how to see it. */
export function ChecklistRow({ row, connection, provider, fresh }: Props) {
  const { t } = useTranslation("setup");
  const Icon = icons[row.state];
  return (
    <li className={css.row} data-state={row.state} data-step={row.step} data-new={fresh || undefined}>
      <span className={css.icon}>
        <Icon size={20} aria-hidden />
      </span>
      <div className={css.title}>
        {t(`checklist.step.${row.step}`)}
        <VisuallyHidden>{`, ${t(`checklist.state.${row.state}`)}`}</VisuallyHidden>
      </div>
      <div className={css.text}>
        {row.state === "done" && <Done row={row} connection={connection} />}
        {row.state === "refused" && <Refused refusal={row.refusal} connection={connection} />}
        {row.state === "open" && <span className={css.dimmed}>{t(`checklist.see.${row.step}`, { provider })}</span>}
      </div>
    </li>
  );
}

function Done({ row, connection }: { row: Extract<Row, { state: "done" }>; connection: string }) {
  return (
    <>
      {row.request && <Sentence text={row.request.sentence} />}
      <Meta at={row.at} connection={connection} request={row.request?.id} />
    </>
  );
}

function Refused({ refusal, connection }: { refusal: Extract<Row, { state: "refused" }>["refusal"]; connection: string }) {
  const { t } = useTranslation("setup");
  const { fix } = refusal;
  return (
    <>
      <Sentence text={refusal.sentence} />
      <Meta at={refusal.at} connection={connection} request={refusal.request_id} />
      {fix && (
        <div className={css.fix}>
          <p>
            <Sentence text={fix.cause} />
          </p>
          <p>
            <strong>{t("checklist.fix")}</strong> <Sentence text={fix.fix} />
          </p>
          {fix.where && (
            <p>
              <strong>{t("checklist.where")}</strong> <em>{fix.where}</em>
            </p>
          )}
        </div>
      )}
    </>
  );
}

function Meta({ at, connection, request }: { at: string; connection: string; request?: string }) {
  const { t } = useTranslation("setup");
  const path = useTenantPath();
  return (
    <div className={css.meta}>
      <Time at={at} />
      {request && (
        <Go to={path("activity", "requests", connection, request)}>
          {t("checklist.request")}
        </Go>
      )}
    </div>
  );
}
