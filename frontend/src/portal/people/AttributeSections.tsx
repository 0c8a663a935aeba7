import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Go, useTenantPath } from "../../app/tenant";
import { Facts, Section } from "../../ui/Page";
import { type Attribute, type AttributeGroup, type Document, groupAttributes, type Value } from "./attributes";
import { useAttributeName, useTypeName } from "./attributeName";
import css from "./people.module.css";

/** Everything that SCIM knows of somebody, in parts that have a name. */
export function AttributeSections({ document }: { document: Document }) {
  const { t } = useTranslation("people");
  const groups = groupAttributes(document);
  if (groups.length === 0) return <Section title={t("part.identity")}>{t("now.no_attributes")}</Section>;
  return (
    <Stack gap="md">
      {groups.map((group) => (
        <Part key={group.schema ?? group.part} group={group} />
      ))}
    </Stack>
  );
}

function Part({ group }: { group: AttributeGroup }) {
  const { t } = useTranslation("people");
  const nameOf = useAttributeName();
  const title = group.part === "schema" ? (group.schema?.split(":").slice(-2).join(" ") ?? "") : t(`part.${group.part}`);
  return (
    <Section title={title} text={group.part === "schema" ? group.schema : undefined}>
      <Facts items={group.attributes.map((a) => [nameOf(a.name), <Values key={a.name} attribute={a} />])} />
    </Section>
  );
}

function Values({ attribute }: { attribute: Attribute }) {
  const [only] = attribute.values;
  if (attribute.values.length === 1 && only) return <OneValue name={attribute.name} value={only} alone />;
  return (
    <ul className={css.values}>
      {attribute.values.map((value, i) => (
        <li key={i}>
          <OneValue name={attribute.name} value={value} />
        </li>
      ))}
    </ul>
  );
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function OneValue({ name, value, alone = false }: { name: string; value: Value; alone?: boolean }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const typeName = useTypeName();
  const path = useTenantPath();
  const kinds = [value.type && typeName(value.type), value.primary && !alone && t("now.primary")].filter(Boolean);
  const text = value.text === "true" ? c("yes") : value.text === "false" ? c("no") : value.text;
  return (
    <>
      {name === "manager" && uuid.test(value.text) ? <Go to={path("people", value.text)}>{text}</Go> : text}
      {kinds.length > 0 && (
        <Text span className={css.kind}>
          {kinds.join(", ")}
        </Text>
      )}
    </>
  );
}
