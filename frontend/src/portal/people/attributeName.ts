import { useTranslation } from "react-i18next";

import { humanised } from "./attributes";

const types = ["work", "home", "mobile", "fax", "other"] as const;

/** useTypeName names the type of a value, if it is one of those that everybody has. */
export function useTypeName(): (type: string) => string {
  const { t } = useTranslation("people");
  return (type) => {
    const known = types.find((k) => k === type.toLowerCase());
    return known ? t(`type.${known}`) : type;
  };
}

/** useAttributeName names attributes of SCIM; those that nobody has named by their own words. */
export function useAttributeName(): (name: string) => string {
  const { t, i18n } = useTranslation("people");
  const typeName = useTypeName();
  return (name) => {
    const [, plain = name, type] = /^(.*?)(?:\[(.*)\])?$/.exec(name) ?? [];
    const last = plain.startsWith("urn:") ? plain.slice(plain.lastIndexOf(":") + 1) : plain;
    const key = `attribute.${last.replaceAll(".", "_")}`;
    const words = i18n.exists(key, { ns: "people" }) ? t(key as "attribute.userName") : humanised(last);
    return type ? t("now.of_type", { name: words, type: typeName(type) }) : words;
  };
}
