export { ActivityPage } from "./ActivityPage";
export { CyclePage } from "./CyclePage";
export { RequestPage } from "./RequestPage";
export { RequestsPage } from "./RequestsPage";
