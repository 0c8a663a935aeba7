export { Checklist } from "./Checklist";
export { type Setup } from "./rows";
export { useSetup } from "./useSetup";
