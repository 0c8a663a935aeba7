export { AccessPage } from "./AccessPage";
export { AuditList, type AuditSource } from "./AuditList";
