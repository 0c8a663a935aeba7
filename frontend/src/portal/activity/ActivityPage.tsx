import { Button } from "@mantine/core";
import { IconActivity, IconListDetails } from "@tabler/icons-react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { embedded } from "../../app/embed";
import { useFilters } from "../../app/filters";
import { GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader, PageSkeleton } from "../../ui/Page";
import { Empty, Failed } from "../../ui/State";
import css from "./activity.module.css";
import { ConnectionSelect } from "./ConnectionSelect";
import { CycleCard } from "./CycleCard";
import { byDay, dayName } from "./days";
import { momentOf } from "./filters";
import { LivePill } from "./LivePill";
import { RangeSelect } from "./RangeSelect";
import { type Live, useLive } from "./useLive";

type Cycle = Schemas["Cycle"];
const defaults = { connection: "", since: "", until: "" };

/** What identity providers did, by meaning, the newest first. */
export function ActivityPage() {
  const { t } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const [filters, set, filtered] = useFilters(defaults);
  const { connection, since, until } = filters;
  const init = useMemo(() => {
    const now = new Date();
    return {
      params: {
        path: { tenant },
        query: { connection: connection || undefined, since: momentOf(since, now), until: momentOf(until, now) },
      },
    };
  }, [tenant, connection, since, until]);
  const live = useLive("/api/v1/tenants/{tenant}/activity", init, (cycle) => cycle.id);
  return (
    <>
      <PageHeader
        title={t("title")}
        text={t("text")}
        actions={
          <GoButton to={path("activity", "requests")} variant="default" leftSection={<IconListDetails size={16} />}>
            {t("all_requests")}
          </GoButton>
        }
      />
      <div className={css.filters}>
        <ConnectionSelect value={connection} set={(value) => set({ connection: value })} />
        <RangeSelect since={since} until={until} set={set} />
        {filtered && (
          <Button className={css.fit} variant="subtle" onClick={() => set(defaults)}>
            {t("filter.clear")}
          </Button>
        )}
      </div>
      <Cycles live={live} filtered={filtered} />
    </>
  );
}

function Cycles({ live, filtered }: { live: Live<Cycle>; filtered: boolean }) {
  const { t, i18n } = useTranslation("activity");
  const path = useTenantPath();
  const { list } = live;
  if (list.isPending) return <PageSkeleton rows={5} />;
  if (list.error && list.items.length === 0) return <Failed error={list.error} retry={list.retry} />;
  if (list.items.length === 0) {
    return filtered ? (
      <Empty title={t("empty.found")} text={t("empty.found_text")} icon={<IconActivity size={26} />} />
    ) : (
      <Empty
        title={t("empty.title")}
        text={t("empty.text")}
        icon={<IconActivity size={26} />}
        action={<GoButton to={path("connections")}>{t("empty.action")}</GoButton>}
      />
    );
  }
  const now = new Date();
  return (
    <>
      <LivePill waiting={live.waiting} show={live.show} />
      <div {...live.still}>
        {byDay(list.items, (cycle) => cycle.started_at).map((day) => (
          <section key={day.start.getTime()}>
            <h2 className={css.day}>{dayName(day.start, now, i18n.language)}</h2>
            <ul className={css.cycles}>
              {day.items.map((cycle) => (
                <CycleCard key={cycle.id} cycle={cycle} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <MoreCycles list={list} />
    </>
  );
}

/** Reads on when the end comes into view; in a frame that grows with its content only by the button. */
function MoreCycles({ list }: { list: Live<Cycle>["list"] }) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const { hasMore, isLoadingMore, error, more } = list;
  useEffect(() => {
    if (!end.current || !hasMore || isLoadingMore || error || embedded) return;
    const observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && more(), { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- more is new each time
  }, [hasMore, isLoadingMore, error]);
  if (!hasMore) return null;
  return (
    <div ref={end} style={{ display: "flex", justifyContent: "center", padding: "1rem" }}>
      <Button variant="default" loading={isLoadingMore} onClick={more}>
        {error ? t("actions.retry") : t("actions.more")}
      </Button>
    </div>
  );
}
