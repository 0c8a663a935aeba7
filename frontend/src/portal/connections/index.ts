export { ConnectionLayout } from "./ConnectionLayout";
export { ConnectionSettingsPage } from "./ConnectionSettingsPage";
export { ConnectionsPage } from "./ConnectionsPage";
export { OverviewPage } from "./OverviewPage";
export { ScopesField } from "./ScopesField";
export { SecretOnce } from "./SecretOnce";
