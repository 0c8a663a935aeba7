import { Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Section } from "../../ui/Page";
import css from "./activity.module.css";
import { errorType, type Note, notesOf, readingOf } from "./dialect";

const place = "RFC 7644, 3.12";

/** For the vendor's people: what came, how it was read, and what the standard says. */
export function DialectSection({ request: r }: { request: Schemas["LoggedRequestDetail"] }) {
  const { t } = useTranslation("activity");
  const reading = readingOf(r.kind, r.method);
  const notes = notesOf(r.method, r.request_body);
  const type = errorType(r.response_body);
  return (
    <Section title={t("dialect.title")} text={t("dialect.text")}>
      <Table.ScrollContainer minWidth={640} type="native" tabIndex={0} role="group" aria-label={t("dialect.title")}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("dialect.came")}</Table.Th>
              <Table.Th>{t("dialect.read")}</Table.Th>
              <Table.Th>{t("dialect.rfc")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td>
                <span className={css.method}>
                  {r.method} {r.path}
                </span>
              </Table.Td>
              <Table.Td>{t(`dialect.reading.${reading.word}`)}</Table.Td>
              <Table.Td>{reading.rfc ?? "–"}</Table.Td>
            </Table.Tr>
            {notes.map((note) => (
              <NoteRow key={`${note.code} ${note.value} ${note.path}`} note={note} />
            ))}
            {type !== null && (
              <Table.Tr>
                <Table.Td>
                  <span className={css.method}>HTTP {r.status}</span>
                </Table.Td>
                <Table.Td>{r.sentence}</Table.Td>
                <Table.Td>{type ? t("dialect.error_answer", { rfc: place, type }) : t("dialect.error_untyped", { rfc: place })}</Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {notes.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("dialect.no_notes")}
        </Text>
      )}
    </Section>
  );
}

function NoteRow({ note }: { note: Note }) {
  const { t } = useTranslation("activity");
  const { code, value, plain, path, rfc } = note;
  return (
    <Table.Tr>
      <Table.Td>{t(`dialect.note.${code}.came`, { value, path })}</Table.Td>
      <Table.Td>{t(`dialect.note.${code}.read`, { plain })}</Table.Td>
      <Table.Td>
        {t(`dialect.note.${code}.rfc`)}{" "}
        <Text span size="sm" c="dimmed">
          ({rfc})
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
