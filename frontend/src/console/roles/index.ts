export { DecisionPage } from "./DecisionPage";
export { RolePage } from "./RolePage";
export { RolesPage } from "./RolesPage";
