export { AuditPage } from "./AuditPage";
export { KeysPage } from "./KeysPage";
export { SettingsPage } from "./SettingsPage";
export { StaffPage } from "./StaffPage";
