export { TenantSettingsPage } from "./TenantSettingsPage";
export { TenantsPage } from "./TenantsPage";
